/**
 * An agent's page receives calls. It is served from the server's own origin, for example behind the same proxy. A page
 * of another origin gets its token from a server of yours, which asks `POST /webrtc/1/token` with an API key.
 */
import { type Call, type CallOptions, createSwitchroomRtc, type SwitchroomRtc } from "@switchroom/sdk";

async function send(method: "POST" | "PUT", path: string, body: object): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} was refused (${response.status}): ${await response.text()}`);
  return response;
}

/** Signs the agent in, which sets a cookie, and gives the agent's id. */
export async function signIn(name: string, password: string): Promise<string> {
  const response = await send("POST", "/auth/1/session", { name, password });
  const { agentId } = (await response.json()) as { agentId: string | null };
  if (agentId === null) throw new Error(`${name} works as no agent.`);
  return agentId;
}

/** For the WebSocket; the library asks again before it expires. */
async function token(agentId: string): Promise<{ token: string; expirationTime: string }> {
  const response = await send("POST", "/webrtc/1/token", { identity: agentId });
  return (await response.json()) as { token: string; expirationTime: string };
}

/** Connects, has calls ring here, and answers them. A page for people rings and waits for a click instead. */
export async function receiveCalls(
  agentId: string,
  answered: (call: Call) => void,
  options?: CallOptions,
): Promise<SwitchroomRtc> {
  const rtc = createSwitchroomRtc(() => token(agentId));
  rtc.on("incoming-webrtc-call", async ({ incomingCall }) => {
    console.log(`${incomingCall.fromDisplayName} calls`, incomingCall.customData);
    try {
      answered(await incomingCall.accept(options));
    } catch (error) {
      // Without a microphone, for example: it rings at another agent.
      console.warn("The call was not answered:", error);
    }
  });
  await rtc.connect();
  await send("PUT", `/ccaas/1/agents/${agentId}/status`, { status: "ACTIVE" });
  return rtc;
}
