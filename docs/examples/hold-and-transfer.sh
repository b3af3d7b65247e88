#!/bin/sh
# Puts the call of a conversation on hold, takes it up again, or hands it over.
#
#   export SWITCHROOM_URL=https://calls.example.com SWITCHROOM_KEY
#   ./hold-and-transfer.sh hold CONVERSATION_ID
#   ./hold-and-transfer.sh resume CONVERSATION_ID
#   ./hold-and-transfer.sh agents CONVERSATION_ID               who can take the call now
#   ./hold-and-transfer.sh to-agent CONVERSATION_ID AGENT_ID    it rings there, and comes back if nobody answers
#   ./hold-and-transfer.sh to-queue CONVERSATION_ID [QUEUE_ID]  it waits there; without an id in the default queue
set -eu
. "$(dirname "$0")/api.sh"
action=${1:?say what to do: hold, resume, agents, to-agent or to-queue}
conversation=${2:?give the id of the conversation}
voice=/ccaas/voice/2

case $action in
hold) api PATCH "$voice/$conversation/hold" ;;
resume) api PATCH "$voice/$conversation/unhold" ;;
to-agent)
    agent=${3:?give the id of the agent}
    api PATCH "$voice/conversation/$conversation/transfer/agent" "{\"agentId\": \"$agent\"}"
    ;;
to-queue)
    queue=${3:+\"$3\"}
    api PATCH "$voice/conversation/$conversation/transfer/queue" "{\"queueId\": ${queue:-null}}"
    ;;
agents)
    agents=$(api GET "$voice/conversation/$conversation/transfer/agents?size=100")
    printf '%s' "$agents" | python3 -c '
import json, sys
for agent in json.load(sys.stdin)["elements"]:
    if agent["available"]:
        print(agent["agentId"], agent["displayName"], sep="\t")'
    ;;
*)
    echo "$action is none of hold, resume, agents, to-agent and to-queue" >&2
    exit 2
    ;;
esac
