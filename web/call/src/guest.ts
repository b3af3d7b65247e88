export interface Theme {
  colors?: { primary?: string; primaryText?: string; background?: string };
  messages?: { welcomeText?: string; inactiveText?: string; expirationText?: string };
}

export interface Guest {
  state: "ACTIVE" | "INACTIVE" | "EXPIRED";
  title?: string;
  theme?: Theme;
  /** Addresses on the page's own origin. */
  images?: { logoUrl?: string; backgroundUrl?: string };
  initialOptions?: {
    audio?: boolean;
    video?: boolean;
    muted?: boolean;
    settings?: boolean;
    cameraFacingMode?: "FRONT" | "BACK";
  };
  callOptions?: {
    mute?: boolean;
    screenShare?: boolean;
    camera?: boolean;
    switchCameraFacingMode?: boolean;
    settings?: boolean;
    recordingIndicator?: boolean;
  };
  validFrom?: string;
  validUntil?: string;
  identity?: { displayName?: string | null };
  token?: string;
  expirationTime?: string;
}

export type GuestReply = { kind: "guest"; guest: Guest } | { kind: "unknown" } | { kind: "busy" } | { kind: "failed" };

/** The secret in `/c/{linkId}`. */
export function linkId(path = location.pathname): string {
  return decodeURIComponent(path.split("/").filter(Boolean).at(-1) ?? "");
}

export async function askGuest(link: string): Promise<GuestReply> {
  try {
    const response = await fetch("/call-link/1/guest", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ link }),
    });
    if (response.status === 404 || response.status === 400) return { kind: "unknown" };
    if (response.status === 429) return { kind: "busy" };
    if (!response.ok) return { kind: "failed" };
    return { kind: "guest", guest: (await response.json()) as Guest };
  } catch {
    return { kind: "failed" };
  }
}

/** What a reload needs to come back into the call; it lives as long as the tab. */
export interface Ticket {
  link: string;
  token: string;
  expirationTime?: string | undefined;
}

const KEY = "switchroom.call";

export function keepTicket(ticket: Ticket): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ticket));
  } catch {
    // Without storage a reload cannot come back; the call itself goes on.
  }
}

export function dropTicket(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

export function storedTicket(link: string): Ticket | undefined {
  try {
    const ticket = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Ticket | null;
    return ticket?.link === link ? ticket : undefined;
  } catch {
    return undefined;
  }
}
