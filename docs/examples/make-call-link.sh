#!/bin/sh
# Makes a call link for one call within the next 24 hours and prints its address. Whoever opens it may call.
#
#   export SWITCHROOM_URL=https://calls.example.com SWITCHROOM_KEY
#   ./make-call-link.sh 'Ada Lovelace' order=4711
#
# The name is the customer's, as the agent sees it. What follows as KEY=VALUE comes to the agent with the call.
set -eu
. "$(dirname "$0")/api.sh"
: "${1:?give the name of the customer}"

body=$(python3 -c '
import json, sys
name, *data = sys.argv[1:]
print(json.dumps({
    "displayName": name,
    "destination": {"type": "CONVERSATIONS"},
    "validityWindow": {"oneTime": True},
    "customData": dict(pair.split("=", 1) for pair in data),
}))' "$@")
link=$(api POST /call-link/1/links "$body")
printf '%s' "$link" | python3 -c 'import json, sys; print(json.load(sys.stdin)["url"])'
