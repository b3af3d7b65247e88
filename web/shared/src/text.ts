import { translator } from "./i18n.ts";
import { shared } from "./strings.en.ts";

/** Texts of what all pages share. */
export const st = translator(shared);
