import { describe, expect, it } from "vitest";
import { brandColors, contrast, parseHex } from "../src/theme.ts";

function rgb(css: string | undefined): readonly [number, number, number] {
  const [r, g, b] = (css ?? "").match(/\d+/g)?.map(Number) ?? [];
  if (r === undefined || g === undefined || b === undefined) throw new Error(`no color: ${css}`);
  return [r, g, b];
}

describe("a brand's colors", () => {
  it("reads colors with and without #", () => {
    expect(parseHex("148997")).toEqual([0x14, 0x89, 0x97]);
    expect(parseHex("#FFFFFF")).toEqual([255, 255, 255]);
    expect(parseHex("teal")).toBeUndefined();
  });

  it("keeps text on buttons readable whatever the brand chose", () => {
    for (const primary of ["148997", "FFFF00", "FFFFFF", "000000", "FF0000", "7F7F7F", "00FF00", "EE82EE"]) {
      const colors = brandColors({ primary }, false);
      const ratio = contrast(rgb(colors["--accent"]), rgb(colors["--on-accent"]));
      expect(ratio, primary).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("keeps text on the background readable", () => {
    for (const [background, primaryText] of [
      ["F9F9F9", "F0F0F0"],
      ["202020", "242424"],
      ["0000FF", "0000EE"],
    ]) {
      const colors = brandColors({ background, primaryText }, false);
      expect(contrast(rgb(colors["--bg"]), rgb(colors["--on-bg"])), background).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("leaves the background alone in the dark", () => {
    expect(brandColors({ background: "F9F9F9" }, true)).toEqual({});
  });
});
