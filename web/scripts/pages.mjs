import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const alias = { "@switchroom/sdk": here("sdk/src/index.ts") };

/** Each page is built on its own, so that a customer never downloads a byte of the console. */
export const pageConfig = (page) => ({
  configFile: false,
  root: here(page),
  base: `/assets/${page}/`,
  publicDir: false,
  logLevel: "warn",
  resolve: { alias },
  build: {
    outDir: here(`dist/${page}`),
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome109", "firefox115", "safari16"],
  },
  worker: { format: "es" },
});
