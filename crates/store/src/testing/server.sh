# Runs a PostgreSQL server in a folder of its own and obeys words on standard input. When that ends, as it does with the
# process at its other end however that ends, the server is stopped and the folder removed.
#
# Arguments: the folder of PostgreSQL's programs; the server's folder; where to keep an empty cluster for the next start;
# the user that the server runs as, or nothing for the one who runs this; then more arguments of the server.
set -eu
programs=$1 folder=$2 template=$3 user=$4
shift 4
# The server's user may not be allowed into the folder of who starts this.
cd /

as_user=
if [ -n "$user" ]; then
    as_user="setpriv --reuid $user --regid $user --clear-groups"
    chown "$user:" "$folder"
fi

server=
# Without a last word: what it wrote is thrown away.
stop() {
    if [ -n "$server" ]; then
        kill -s QUIT "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    server=
}
trap 'stop; rm -rf "$folder"' EXIT

start() {
    $as_user "$programs/postgres" -D "$folder/data" -k "$folder" "$@" >>"$folder/log" 2>&1 </dev/null &
    server=$!
}

# Making a cluster takes longer than all the rest.
if [ -d "$template" ]; then
    cp -a "$template" "$folder/data"
else
    $as_user "$programs/initdb" -D "$folder/data" --username=postgres --auth-local=trust --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C --no-sync >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
    cp -a "$folder/data" "$template.$$"
    # Another process may have been faster.
    mv -T "$template.$$" "$template" 2>/dev/null || rm -rf "$template.$$"
fi

start "$@"
while read -r word; do
    case $word in
        crash) stop && echo crashed ;;
        start) start "$@" ;;
    esac
done
