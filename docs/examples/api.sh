# What the examples beside this file share. It reads
#
#   SWITCHROOM_URL   the server, for example https://calls.example.com
#   SWITCHROOM_KEY   an API key with the scope conversations:manage
: "${SWITCHROOM_URL:?set it to the address of the server, for example https://calls.example.com}"
: "${SWITCHROOM_KEY:?set it to an API key with the scope conversations:manage}"

# api METHOD PATH [BODY] prints the answer; a refusal goes to standard error, and the example ends.
# The key reaches curl by standard input: the arguments of a process can be read by everybody on the machine.
api() {
    answer=$(printf 'header = "Authorization: App %s"\n' "$SWITCHROOM_KEY" |
        curl --silent --show-error --fail-with-body --max-time 30 --config - --request "$1" \
            --header 'Content-Type: application/json' --data "${3-}" "${SWITCHROOM_URL%/}$2") || {
        printf '%s\n' "$answer" >&2
        return 1
    }
    printf '%s\n' "$answer"
}
