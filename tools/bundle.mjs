// Bundles the views with esbuild, twice from one source: an ES module a widget for notebooks
// (anywidget's _esm), and classic scripts for the site, where a page opened from disk may load no
// modules. The site's styles, fonts and KaTeX's are bundled beside them.
//
//   node tools/bundle.mjs          writes cs336_core/widgets/static/ and _build/assets/

import { readFile, readdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const widgets = `${root}cs336_core/widgets`;
const notebook = `${widgets}/static`;
const site = `${root}_build/assets`;

/** Fonts are offered as woff2 alone: every browser that runs the rest reads it. */
const woff2Only = {
  name: "woff2-only",
  setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(
        /,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(["'](?:woff|truetype)["']\)/g,
        "",
      ),
      loader: "css",
    }));
  },
};

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target: ["es2022", "chrome109", "safari16", "firefox115"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
};

const views = (await readdir(widgets)).filter((name) => name.endsWith(".jsx")).map((name) => basename(name, ".jsx"));
await Promise.all([rm(notebook, { recursive: true, force: true }), rm(site, { recursive: true, force: true })]);
await Promise.all([
  build({
    ...common,
    entryPoints: views.map((view) => `${widgets}/${view}.jsx`),
    outdir: notebook,
    format: "esm",
  }),
  ...views.map((view) =>
    build({
      ...common,
      stdin: {
        contents: `import view from "./${view}.jsx"; (globalThis.cs336Widgets ??= {}).${view} = view;`,
        resolveDir: widgets,
        sourcefile: `${view}.site.js`,
      },
      outfile: `${site}/widgets/${view}.js`,
      format: "iife",
    }),
  ),
  build({ ...common, entryPoints: [`${widgets}/ui/host.js`], outdir: `${site}/widgets`, format: "iife" }),
  build({
    ...common,
    entryPoints: [`${root}book/style/site.css`, `${root}book/style/maths.css`],
    outdir: site,
    assetNames: "fonts/[name]",
    loader: { ".woff2": "file" },
    plugins: [woff2Only],
  }),
]);
