import { translator } from "../../shared/src/i18n.ts";
import { strings } from "./strings.en.ts";

export const t = translator(strings);
