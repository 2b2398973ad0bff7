// Bundles the views with esbuild, twice from one source: as an ES module per widget for notebooks
// (anywidget's _esm), and as classic scripts for the site, since a page opened from disk cannot load
// modules. It also bundles the site's styles and fonts, with KaTeX's; the trace viewer's page with all
// it needs, since it works without the site; the editors of a lecture's cells; the playground's
// vocabularies, packed by vocabularies.mjs; and Python for pages (bundle_python.mjs).
//
//   node book/builder/bundle.mjs          writes _build/static/ and _build/assets/

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { t } from "../../cs336_core/ui/strings.js";
import "../../cs336_core/viewer/strings.en.js";
import { bundlePython } from "./bundle_python.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const core = `${root}cs336_core`;
const theme = `${root}book/theme`;
const packed = `${root}_build/vocabularies`;
const notebook = `${root}_build/static`;
const site = `${root}_build/assets`;
const viewer = `${notebook}/viewer`; // trace.html and trace/

// The views import the schemas of their state, which come from Python's traits.
execFileSync(`${root}.venv/bin/python`, ["-m", "book.builder.schemas"], {
  cwd: root,
  stdio: "inherit",
});

/** Fonts are woff2 only, which every supported browser reads. */
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

/** `import source from "./encoding_worker.js?source"` gives the text of a bundled script, from which workers are created. */
const sources = {
  name: "sources",
  setup(/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad }) {
    onResolve({ filter: /\?source$/ }, ({ path, resolveDir }) => ({
      path: `${resolveDir}/${path.replace("?source", "")}`,
      namespace: "source",
    }));
    onLoad({ filter: /./, namespace: "source" }, async ({ path }) => {
      const { outputFiles } = await build({
        ...common,
        entryPoints: [path],
        format: "iife",
        write: false,
      });
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
const styles = {
  ...common,
  assetNames: "fonts/[name]",
  loader: { ".woff2": "file", ".html": "text" },
  plugins: [woff2Only],
};
const libraries = ["maths", "plots"];

/** A classic script that publishes the exports of a library's module. @param {string} name */
const classic = (name) => ({
  contents: `import * as library from "./${name}.js"; (globalThis.cs336Libraries ??= {}).${name} = library;`,
  resolveDir: `${core}/viewer/renderings/libraries`,
  sourcefile: `${name}.site.js`,
});

/** Name of a view -> its folder: a widget is a folder with a view.jsx. @type {Record<string, string>} */
const views = { trace_viewer: `${core}/viewer` };
for (const entry of await readdir(`${core}/widgets`, { withFileTypes: true })) {
  const folder = `${core}/widgets/${entry.name}`;
  if (entry.isDirectory() && existsSync(`${folder}/view.jsx`)) views[entry.name] = folder;
}
await Promise.all([
  rm(notebook, { recursive: true, force: true }),
  rm(site, { recursive: true, force: true }),
]);
await Promise.all([
  build({
    ...common,
    entryPoints: Object.entries(views).map(([name, folder]) => ({
      in: `${folder}/view.jsx`,
      out: name,
    })),
    outdir: notebook,
    format: "esm",
    plugins: [sources],
  }),
  ...Object.entries(views).map(([name, folder]) =>
    build({
      ...common,
      stdin: {
        contents: `import view from "./view.jsx"; (globalThis.cs336Widgets ??= {}).${name} = view;`,
        resolveDir: folder,
        sourcefile: `${name}.site.js`,
      },
      outfile: `${site}/widgets/${name}.js`,
      format: "iife",
      plugins: [sources],
    }),
  ),
  build({
    ...common,
    stdin: {
      contents: `import * as editor from "./codemirror.js"; globalThis.cs336Editor = editor;`,
      resolveDir: `${core}/ui/editor`,
    },
    outfile: `${site}/widgets/editor.js`,
    format: "iife",
  }),
  build({
    ...common,
    entryPoints: [`${core}/ui/host.js`],
    outdir: `${site}/widgets`,
    format: "iife",
  }),
  build({
    ...common,
    entryPoints: ["site", "search/page"].map((name) => `${theme}/${name}.js`),
    outdir: site,
    outbase: theme,
    format: "iife",
  }),
  build({
    ...common,
    entryPoints: ["page.js", "live.jsx"].map((name) => `${core}/ui/live_cell/${name}`),
    outdir: `${site}/cells`,
    format: "iife",
  }),
  build({
    ...styles,
    entryPoints: [`${root}book/theme/site.css`, `${root}book/theme/maths.css`],
    outdir: site,
  }),
  build({
    ...styles,
    entryPoints: [
      `${core}/viewer/page/page.jsx`,
      `${core}/viewer/page/theme_boot.js`,
      `${theme}/maths.css`,
    ].map((file) => ({
      in: file,
      out: basename(file).replace(/\.\w+$/, ""),
    })),
    outdir: `${viewer}/trace`,
    format: "iife",
  }),
  ...libraries.flatMap((name) => [
    build({
      ...common,
      entryPoints: [`${core}/viewer/renderings/libraries/${name}.js`],
      outdir: `${notebook}/libraries`,
      format: "esm",
    }),
    build({
      ...common,
      stdin: classic(name),
      outfile: `${viewer}/trace/libraries/${name}.js`,
      format: "iife",
    }),
  ]),
]);
// A page loads the styles of every widget, so a widget without styles gets an empty file.
for (const name of Object.keys(views)) {
  for (const file of [`${notebook}/${name}.css`, `${site}/widgets/${name}.css`])
    if (!existsSync(file)) await writeFile(file, "");
}
await mkdir(`${viewer}/trace`, { recursive: true });
// The viewer's page takes its strings from the same table before its script runs.
const page = await readFile(`${core}/viewer/page/page.html`, "utf8");
await writeFile(
  `${viewer}/trace.html`,
  page.replace(/\{\{([\w.]+)\}\}/g, (_, key) => t(key)),
);
await copyFile(`${theme}/favicon.svg`, `${viewer}/trace/favicon.svg`);

// The vocabularies that the playground loads: as a script for pages, as text for notebooks.
await Promise.all(
  [`${notebook}/vocabularies`, `${site}/widgets/vocabularies`].map((folder) =>
    mkdir(folder, { recursive: true }),
  ),
);
for (const file of (await readdir(packed)).filter((name) => name.endsWith(".txt"))) {
  const name = basename(file, ".txt");
  const vocabulary = await readFile(`${packed}/${file}`, "utf8");
  await writeFile(`${notebook}/vocabularies/${file}`, vocabulary);
  await writeFile(
    `${site}/widgets/vocabularies/${name}.js`,
    `(globalThis.cs336Vocabularies ??= {}).${name} = "${vocabulary}";\n`,
  );
}
await bundlePython({ root, folder: `${site}/python`, options: common });
