import { errorText } from "../data/api.ts";
import { t } from "../text.ts";

/** Why a file does not play. */
export interface Problem {
  text: string;
  /** Trying again may help. */
  again: boolean;
}

/** What an answer of that status means for a person; `body` may say more. */
export function problemOf(status: number, body: string): Problem {
  if (status === 401) return { text: t("signedOut"), again: false };
  if (status === 404 || status === 410) return { text: t("fileGone"), again: false };
  if (status === 503) return { text: t("recorderAway"), again: true };
  if (status < 400) return { text: t("playFailed"), again: false };
  return { text: errorText(body) ?? t("fileRefused", { status }), again: status >= 500 };
}

/** Asks the server, since a media element does not tell why it has failed. */
export async function whyNot(url: string): Promise<Problem> {
  try {
    const response = await fetch(url, { headers: { range: "bytes=0-0" } });
    return problemOf(response.status, response.ok ? "" : await response.text());
  } catch {
    return { text: t("serverAway"), again: true };
  }
}
