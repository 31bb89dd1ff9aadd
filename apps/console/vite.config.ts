import { defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the page works under any path of a proxy; the server writes the <base>.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    // No data: URLs and no inline script: the page's policy allows neither.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
});
