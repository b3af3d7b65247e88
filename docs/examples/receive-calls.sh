#!/bin/sh
# Has calls ring at an agent, and prints the calls that the agent is in: conversation, customer, and since when.
#
#   export SWITCHROOM_URL=https://calls.example.com SWITCHROOM_KEY
#   ./receive-calls.sh AGENT_ID
#
# A call rings, and is answered, where the microphone is: at the console, or at a page of your own as in
# web/examples/receive-call.ts.
set -eu
. "$(dirname "$0")/api.sh"
agent=${1:?give the id of the agent}

api PUT "/ccaas/1/agents/$agent/status" '{"status": "ACTIVE"}' >/dev/null
open=$(api GET "/ccaas/1/conversations?agentId=$agent&status=OPEN&limit=999")
printf '%s' "$open" | python3 -c '
import json, sys
for one in json.load(sys.stdin)["conversations"]:
    print(one["id"], (one["customer"] or {}).get("displayName"))' |
    while read -r conversation customer; do
        timeline=$(api GET "/ccaas/1/conversations/$conversation/timeline")
        printf '%s' "$timeline" | python3 -c '
import json, sys
calls = {}
for event in json.load(sys.stdin)["events"]:
    if event["type"] == "CALL_ANSWERED":
        calls[event["callId"]] = event["at"]
    if event["type"] == "CALL_ENDED":
        calls.pop(event["callId"], None)
for since in calls.values():
    print(*sys.argv[1:], since, sep="\t")' "$conversation" "$customer"
    done
