import { defineConfig } from "vitest/config";
import { alias } from "./scripts/pages.mjs";

export default defineConfig({
  resolve: { alias },
  test: { include: ["*/test/**/*.test.ts"], testTimeout: 10_000 },
});
