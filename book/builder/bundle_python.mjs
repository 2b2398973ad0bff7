// Writes what python.js loads: the interpreter, as pyodide.py has packed it; the worker and the core;
// and the frame that holds the workers, whose policy lists its only script by its hash.

import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Parts of cs336_core that pages do not have; in_page.py goes by the same list. */
/** @type {string[]} */
const LEFT_OUT = JSON.parse(await readFile(new URL("not_in_page.json", import.meta.url), "utf8"));

/** @param {{ root: string, folder: string, options: import("esbuild").BuildOptions }} settings */
export async function bundlePython({ root, folder, options }) {
  const sources = `${root}cs336_core/browser/python`;
  /** @param {string} name @param {import("esbuild").BuildOptions} [more] */
  const bundled = async (name, more) => {
    const { outputFiles } = await build({
      ...options,
      ...more,
      entryPoints: [`${sources}/${name}.js`],
      format: "iife",
      write: false,
    });
    return outputFiles[0].text;
  };
  const [worker, frame, page, core] = await Promise.all([
    // The loader has branches for Node.js, which a browser never takes.
    bundled("python_worker", { external: ["node:*", "ws"], define: { "import.meta.url": '""' } }),
    bundled("frame"),
    readFile(`${sources}/frame.html`, "utf8"),
    coreFiles(root),
  ]);
  const files = { worker: packed(worker), core: packed(JSON.stringify(core)) };
  const hash = `sha256-${createHash("sha256").update(frame).digest("base64")}`;
  await mkdir(folder, { recursive: true });
  await Promise.all([
    copyFile(`${root}_build/pyodide/runtime.js`, `${folder}/runtime.js`),
    writeFile(
      `${folder}/core.js`,
      `Object.assign((globalThis.cs336Python ??= {}).files ??= {}, ${JSON.stringify(files)});\n`,
    ),
    writeFile(
      `${folder}/frame.html`,
      page.replace("{hash}", hash).replace("{script}", () => frame),
    ),
  ]);
}

/** @param {string} path in cs336_core */
const isLeftOut = (path) =>
  LEFT_OUT.some((part) => `${path.replace(/\.\w+$/, "")}/`.startsWith(`${part}/`));

/** @param {string} text */
const packed = (text) => gzipSync(text, { level: 9 }).toString("base64");

/** The Python and data files of the core, by their paths. @param {string} root */
async function coreFiles(root) {
  const paths = (await readdir(`${root}cs336_core`, { recursive: true }))
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.(?:py|json)$/.test(path) && !isLeftOut(path))
    .sort();
  const entries = paths.map(async (path) => [
    `cs336_core/${path}`,
    await readFile(`${root}cs336_core/${path}`, "utf8"),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}
