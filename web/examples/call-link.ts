/** A call link: your server makes it, and a customer's page calls with it. */

export interface CallLink {
  /** Safe to log. */
  id: string;
  /** What the customer opens. Whoever has it may call. */
  url: string;
}

/**
 * Makes a link for one call within the next 24 hours. This runs on your server, because no page may have the key.
 * @param server  for example `https://calls.example.com`
 * @param key  an API key with the scope `conversations:manage`
 * @param displayName  the customer's name, as the agent sees it
 */
export async function makeCallLink(server: string, key: string, displayName: string): Promise<CallLink> {
  const response = await fetch(new URL("/call-link/1/links", server), {
    method: "POST",
    headers: { authorization: `App ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      displayName,
      destination: { type: "CONVERSATIONS" },
      validityWindow: { oneTime: true },
    }),
  });
  if (!response.ok) throw new Error(`No link was made (${response.status}): ${await response.text()}`);
  return (await response.json()) as CallLink;
}

interface Guest {
  state: "ACTIVE" | "INACTIVE" | "EXPIRED";
  token?: string;
  expirationTime?: string;
}

export interface Token {
  token: string;
  expirationTime: string;
}

/**
 * What the page behind the link does first: it gives the link's secret for a token. A page of your own does the same,
 * and keeps the token for a reload, as a link for one call gives none a second time.
 */
export async function openCallLink(url: string): Promise<Token> {
  const { origin, pathname } = new URL(url);
  const response = await fetch(new URL("/call-link/1/guest", origin), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ link: pathname.split("/").at(-1) }),
  });
  if (!response.ok) throw new Error(`The link was refused (${response.status}): ${await response.text()}`);
  const { state, token, expirationTime } = (await response.json()) as Guest;
  if (token === undefined || expirationTime === undefined) throw new Error(`The link cannot be used now: ${state}`);
  return { token, expirationTime };
}
