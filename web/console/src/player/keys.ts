/** What the keys of the player do. */
export type PlayerAction =
  | "toggle"
  | "back"
  | "forward"
  | "farBack"
  | "farForward"
  | "start"
  | "end"
  | "louder"
  | "quieter"
  | "mute"
  | "fullScreen"
  | "close";

/** Where the focus is: a field and a list take all keys for themselves, a button its own two, a volume bar its arrows. */
export type KeyTarget = "field" | "button" | "volume" | "other";

const KEYS: Record<string, PlayerAction> = {
  " ": "toggle",
  k: "toggle",
  ArrowLeft: "back",
  ArrowRight: "forward",
  PageDown: "farBack",
  j: "farBack",
  PageUp: "farForward",
  l: "farForward",
  Home: "start",
  End: "end",
  ArrowUp: "louder",
  ArrowDown: "quieter",
  m: "mute",
  f: "fullScreen",
  Escape: "close",
};

const OWN_KEYS: Record<KeyTarget, string[]> = {
  field: Object.keys(KEYS),
  button: [" ", "Enter"],
  volume: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"],
  other: [],
};

interface Pressed {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** Nothing for a key that is not the player's there. */
export function actionOf({ key, ctrlKey, altKey, metaKey }: Pressed, target: KeyTarget): PlayerAction | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return OWN_KEYS[target].includes(name) ? undefined : KEYS[name];
}

export function targetOf(element: EventTarget | null): KeyTarget {
  if (!(element instanceof HTMLElement)) return "other";
  if (element.matches('input[type="range"][data-volume]')) return "volume";
  if (element.matches('input:not([type="range"]), select, textarea')) return "field";
  return element.matches("button, a, summary") ? "button" : "other";
}
