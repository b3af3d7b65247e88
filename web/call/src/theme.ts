import type { Theme } from "./guest.ts";

type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [16, 23, 30];
/** WCAG 2.2 §1.4.3 for normal text. */
const ENOUGH = 4.5;

export function parseHex(hex: string | undefined): Rgb | undefined {
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex ?? "");
  if (match === null) return undefined;
  const [r, g, b] = match.slice(1).map((part) => Number.parseInt(part, 16));
  return [r ?? 0, g ?? 0, b ?? 0];
}

function luminance(color: Rgb): number {
  const [r = 0, g = 0, b = 0] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** Mixes a color towards another until text on it can be read. */
function readable(color: Rgb, on: Rgb, towards: Rgb): Rgb {
  let mixed = color;
  for (let step = 1; step <= 10 && contrast(mixed, on) < ENOUGH; step++) {
    const share = step / 10;
    mixed = [0, 1, 2].map((i) =>
      Math.round((color[i] ?? 0) * (1 - share) + (towards[i] ?? 0) * share),
    ) as unknown as Rgb;
  }
  return mixed;
}

const css = (color: Rgb) => `rgb(${color.join(" ")})`;

/** The page's custom properties for a brand, readable in light and dark whatever the brand's colors are. */
export function brandColors(colors: Theme["colors"], dark: boolean): Record<string, string> {
  const primary = parseHex(colors?.primary);
  const background = parseHex(colors?.background);
  const text = parseHex(colors?.primaryText);
  const properties: Record<string, string> = {};
  if (primary !== undefined) {
    // White on the brand's color looks best: the color gives way a little where it is nearly dark enough.
    const onPrimary = contrast(primary, WHITE) >= 3 ? WHITE : BLACK;
    const fill = readable(primary, onPrimary, onPrimary === WHITE ? BLACK : WHITE);
    properties["--accent"] = css(fill);
    properties["--accent-hover"] = css(fill);
    properties["--on-accent"] = css(onPrimary);
  }
  if (dark || background === undefined) return properties;
  properties["--bg"] = css(background);
  const onBackground = contrast(background, WHITE) > contrast(background, BLACK) ? WHITE : BLACK;
  properties["--on-bg"] = css(text === undefined ? onBackground : readable(text, background, onBackground));
  return properties;
}

/** Applies a brand now and whenever the system switches between light and dark. */
export function applyBrand(theme: Theme | undefined): void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const style = document.documentElement.style;
    for (const name of ["--accent", "--accent-hover", "--on-accent", "--bg", "--on-bg"]) style.removeProperty(name);
    for (const [name, value] of Object.entries(brandColors(theme?.colors, query.matches)))
      style.setProperty(name, value);
  };
  query.onchange = apply;
  apply();
}
