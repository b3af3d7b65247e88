import type { ConversationStatus } from "./api.ts";

/** What an agent has written in the wrap-up window and not saved yet. It survives a reload. */
export interface Draft {
  conversation: string;
  note: string;
  summary: string;
  status: ConversationStatus | "";
}

const KEY = "switchroom.draft";

export function loadDraft(conversation: string): Draft {
  const empty: Draft = { conversation, note: "", summary: "", status: "" };
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Draft | null;
    return stored?.conversation === conversation ? { ...empty, ...stored } : empty;
  } catch {
    return empty;
  }
}

export function keepDraft(draft: Draft | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // Without storage a reload loses it; the window itself does not.
  }
}

export function isWritten(draft: Draft): boolean {
  return draft.note.trim() !== "" || draft.summary.trim() !== "" || draft.status !== "";
}
