import { describe, expect, it } from "vitest";
import { deviceHelp, inApp } from "../src/browser.ts";
import { linkId } from "../src/guest.ts";

const agents = {
  iphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
  android:
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  chrome: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
  instagram:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 350.0",
};
const denied = { id: 10100, name: "DEVICE_FORBIDDEN", description: "", action: "" };

describe("advice", () => {
  it("names the place where this browser keeps the permission", () => {
    expect(deviceHelp(denied, agents.iphone)).toContain("Website Settings");
    expect(deviceHelp(denied, agents.android)).toContain("Permissions");
    expect(deviceHelp(denied, agents.firefox)).toContain("crossed-out");
    expect(deviceHelp(denied, agents.chrome)).toContain("left of the address");
  });

  it("tells a missing device from a busy one", () => {
    expect(deviceHelp({ ...denied, name: "DEVICE_NOT_FOUND" }, agents.chrome)).toContain("Plug in");
    expect(deviceHelp({ ...denied, name: "DEVICE_UNAVAILABLE" }, agents.chrome)).toContain("Close other apps");
  });

  it("knows browsers inside other apps", () => {
    expect(inApp(agents.instagram)).toBe(true);
    expect(inApp(agents.iphone)).toBe(false);
  });
});

describe("the link's id", () => {
  it("is the last part of the address", () => {
    expect(linkId("/c/Zr8vLq2")).toBe("Zr8vLq2");
    expect(linkId("/c/a%2Bb/")).toBe("a+b");
  });
});
