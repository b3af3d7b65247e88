import { translator } from "../../shared/src/i18n.ts";
import { strings } from "./strings.en.ts";

export const t = translator(strings);
export type TextKey = keyof typeof strings;

/** The text for a word of the API, or the word itself when it is a new one. */
export function word(value: string, prefix = ""): string {
  const key = prefix + value;
  return key in strings ? t(key as TextKey) : value.toLowerCase().replaceAll("_", " ");
}
