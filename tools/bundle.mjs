// Bundles the views with esbuild, twice from one source: an ES module a widget for notebooks
// (anywidget's _esm), and classic scripts for the site, where a page opened from disk may load no
// modules. The site's styles, fonts and KaTeX's are bundled beside them; so is the page that opens
// traces, whole, since it is also shown without the site; and the vocabularies of the playground.
//
//   node tools/bundle.mjs          writes cs336_core/widgets/static/ and _build/assets/

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { pack } from "../cs336_core/widgets/tokenizers/packed.js";
import { readRanks } from "../cs336_core/widgets/tokenizers/ranks.js";
import { kept } from "./kept.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const widgets = `${root}cs336_core/widgets`;
const notebook = `${widgets}/static`;
const site = `${root}_build/assets`;
const viewer = `${notebook}/viewer`; // trace.html and trace/

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

/** `import source from "./encoding_worker.js?source"` gives a script's text, bundled: workers are made from it. */
const sources = {
  name: "sources",
  setup(/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad }) {
    onResolve({ filter: /\?source$/ }, ({ path, resolveDir }) => ({
      path: `${resolveDir}/${path.replace("?source", "")}`,
      namespace: "source",
    }));
    onLoad({ filter: /./, namespace: "source" }, async ({ path }) => {
      const { outputFiles } = await build({ ...common, entryPoints: [path], format: "iife", write: false });
      return { contents: outputFiles[0].text, loader: "text" };
    });
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

/** @type {import("esbuild").BuildOptions} */
const styles = { ...common, assetNames: "fonts/[name]", loader: { ".woff2": "file" }, plugins: [woff2Only] };
const libraries = ["maths", "plots"];

/** A classic script that hands over what a library's module exports. @param {string} name */
const classic = (name) => ({
  contents: `import * as library from "./${name}.js"; (globalThis.cs336Libraries ??= {}).${name} = library;`,
  resolveDir: `${widgets}/trace/renderings/libraries`,
  sourcefile: `${name}.site.js`,
});

const views = (await readdir(widgets)).filter((name) => name.endsWith(".jsx")).map((name) => basename(name, ".jsx"));
await Promise.all([rm(notebook, { recursive: true, force: true }), rm(site, { recursive: true, force: true })]);
await Promise.all([
  build({
    ...common,
    entryPoints: views.map((view) => `${widgets}/${view}.jsx`),
    outdir: notebook,
    format: "esm",
    plugins: [sources],
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
      plugins: [sources],
    }),
  ),
  build({ ...common, entryPoints: [`${widgets}/ui/host.js`], outdir: `${site}/widgets`, format: "iife" }),
  build({
    ...common,
    entryPoints: ["print", "search/page", "search/highlight"].map((name) => `${root}book/${name}.js`),
    outdir: site,
    outbase: `${root}book`,
    format: "iife",
  }),
  build({ ...styles, entryPoints: [`${root}book/style/site.css`, `${root}book/style/maths.css`], outdir: site }),
  build({
    ...styles,
    entryPoints: [`${widgets}/trace/page/page.jsx`, `${widgets}/trace/page/early.js`, `${root}book/style/maths.css`].map((file) => ({
      in: file,
      out: basename(file).replace(/\.\w+$/, ""),
    })),
    outdir: `${viewer}/trace`,
    format: "iife",
  }),
  ...libraries.flatMap((name) => [
    build({ ...common, entryPoints: [`${widgets}/trace/renderings/libraries/${name}.js`], outdir: `${notebook}/libraries`, format: "esm" }),
    build({ ...common, stdin: classic(name), outfile: `${viewer}/trace/libraries/${name}.js`, format: "iife" }),
  ]),
]);
await mkdir(`${viewer}/trace`, { recursive: true });
await copyFile(`${widgets}/trace/page/page.html`, `${viewer}/trace.html`);
await copyFile(`${root}book/_static/favicon.svg`, `${viewer}/trace/favicon.svg`);

// The vocabularies that the playground loads: as a script each for pages, as text for notebooks. To
// pack them takes longer than all the rest, and is done again only when ranks or code have changed.
const vocabularies = { gpt2: "r50k_base", cl100k: "cl100k_base", o200k: "o200k_base" };
await Promise.all([`${notebook}/vocabularies`, `${site}/widgets/vocabularies`].map((folder) => mkdir(folder, { recursive: true })));
const { outputFiles: [code] } = await build({
  ...common,
  stdin: { contents: 'export * from "./packed.js"; export * from "./ranks.js";', resolveDir: `${widgets}/tokenizers` },
  format: "esm",
  write: false,
});
for (const [name, file] of Object.entries(vocabularies)) {
  const ranks = await readFile(`${root}node_modules/gpt-tokenizer/data/${file}.tiktoken`, "utf8");
  const packed = await kept(`${root}_build/vocabularies/${name}.txt`, [code.text, ranks], () => {
    const { bytes, merges } = readRanks(ranks);
    return pack(bytes, merges.pairs);
  });
  await writeFile(`${notebook}/vocabularies/${name}.txt`, packed);
  await writeFile(`${site}/widgets/vocabularies/${name}.js`, `(globalThis.cs336Vocabularies ??= {}).${name} = "${packed}";\n`);
}
