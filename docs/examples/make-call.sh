#!/bin/sh
# Prepares a call of an agent to a customer, and prints the conversation in which it will be.
#
#   export SWITCHROOM_URL=https://calls.example.com SWITCHROOM_KEY
#   ./make-call.sh AGENT_ID CUSTOMER_IDENTITY
#
# A call begins where the microphone is: the agent's page starts it with
# rtc.callConversations({ customData: { conversationId } }), and the customer's page rings.
set -eu
. "$(dirname "$0")/api.sh"
agent=${1:?give the id of the agent}
identity=${2:?give the identity of the customer}

body=$(python3 -c '
import json, sys
agent, identity = sys.argv[1:]
print(json.dumps({"from": "Support", "to": identity, "agentId": agent, "voiceClientType": "WEBRTC"}))' "$agent" "$identity")
conversation=$(api POST /ccaas/voice/2/outbound-call-conversation "$body")
printf '%s' "$conversation" | python3 -c 'import json, sys; print(json.load(sys.stdin)["conversationId"])'
