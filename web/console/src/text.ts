import { translator } from "../../shared/src/i18n.ts";
import { strings as console } from "./strings.en.ts";
import { strings as recordings } from "./strings-recordings.en.ts";

const strings = { ...console, ...recordings };

export const t = translator(strings);
export type TextKey = keyof typeof strings;

/** Whether there is a text by that name. */
export function isText(key: string): key is TextKey {
  return key in strings;
}

/** The text for a word of the API, or the word itself when it is a new one. */
export function word(value: string, prefix = ""): string {
  const key = prefix + value;
  return isText(key) ? t(key) : value.toLowerCase().replaceAll("_", " ");
}

/** A word as it begins a line. */
export function begun(words: string): string {
  return words.charAt(0).toLocaleUpperCase(t("wordsLocale")) + words.slice(1);
}
