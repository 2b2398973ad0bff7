// The worker of one program: Pyodide without a network, with bounded memory and output.
//
// The first worker of a page unpacks and starts Python, and sends an image of it: the compiled
// module, the files, a snapshot of the memory. Later workers start from the image in a fraction of
// the time, so every program gets a fresh Python in which nothing has run.

import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { LIMITS } from "./limits.js";
import { unpack } from "./unpack.js";

/**
 * `Packed`: the files that the page loaded, each gzipped, in base64. `Image`: what a worker starts from.
 * @typedef {{ wasm: string, stdlib: string, core: string, lock: string }} Packed
 * @typedef {{ module: WebAssembly.Module, stdlib: Uint8Array, core: Record<string, string>,
 *   lock: string, memory: Uint8Array | undefined }} Image
 * @typedef {import("pyodide").PyodideAPI} Python
 */

const FOLDER = "memory://python/"; // where the loader believes its files to be
const STDLIB = `${FOLDER}stdlib.zip`;
const RUNNER = "cs336_core.browser.python.run_program";
const WASM_PAGE = 65_536; // bytes

/** What Python's module `js` offers in place of the worker's globals: nothing that reaches out. */
const JS_GLOBALS = { Array, Object, Map, Date, Math, JSON, Error, setTimeout, clearTimeout };

/** @param {Packed} packed @returns {Promise<Image>} */
async function unpackAll({ wasm, stdlib, core, lock }) {
  const [module, library, files] = await Promise.all([
    unpack(wasm).arrayBuffer().then(WebAssembly.compile),
    unpack(stdlib).arrayBuffer(),
    unpack(core).json(),
  ]);
  return { module, stdlib: new Uint8Array(library), core: files, lock, memory: undefined };
}

/**
 * Gives the loader its files from memory: `fetch` knows no others. The content security policy of
 * the frame refuses every request as well, whichever way a program finds to make one.
 * @param {Image} image
 */
function serveFromMemory({ module, stdlib }) {
  const { instantiate } = WebAssembly;
  self.fetch = async (address) => {
    if (String(address) === STDLIB) return new Response(/** @type {BufferSource} */ (stdlib));
    if (String(address).startsWith(FOLDER)) return new Response(); // the module, compiled already
    throw new TypeError("programs in the page have no network");
  };
  WebAssembly.instantiateStreaming = async (_response, imports) => ({
    module,
    instance: await instantiate(module, imports),
  });
  // The loader refuses workers in which this works.
  /** @type {any} */ (self).importScripts = () => {
    throw new TypeError("programs in the page load no scripts");
  };
}

/** Makes Python raise MemoryError at the limit. */
function limitMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (/** @type {number} */ pages) {
    if (this.buffer.byteLength + pages * WASM_PAGE > LIMITS.memory * 2 ** 20)
      throw new RangeError("the limit of Python's memory");
    return grow.call(this, pages);
  };
}

/** @param {Image} image @returns {Promise<Python>} */
async function start(image) {
  serveFromMemory(image);
  limitMemory();
  const python = await loadPyodide({
    indexURL: FOLDER,
    packageBaseUrl: FOLDER,
    stdLibURL: STDLIB,
    lockFileContents: image.lock,
    createPyodideModule,
    jsglobals: JS_GLOBALS,
    fsInit: async (FS, { sitePackages }) => {
      for (const [name, text] of Object.entries(image.core)) {
        const path = `${sitePackages}/${name}`;
        FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        FS.writeFile(path, text);
      }
    },
    ...(image.memory ? { _loadSnapshot: image.memory } : { _makeSnapshot: true }),
  });
  for (const stream of /** @type {const} */ (["stdout", "stderr"])) capture(python, stream);
  return python;
}

/** Characters that the program may still write. */
let room = LIMITS.output;

/**
 * Sends what the program writes, up to the limit; the page ends a program that reaches it.
 * @param {Python} python
 * @param {"stdout" | "stderr"} stream
 */
function capture(python, stream) {
  const decoder = new TextDecoder();
  const options = {
    /** @param {Uint8Array} bytes */
    write(bytes) {
      const text = decoder.decode(bytes, { stream: true }).slice(0, room);
      if (text) postMessage({ kind: "output", stream, text });
      if (room > 0 && room <= text.length) postMessage({ kind: "full" });
      room -= text.length;
      return bytes.length;
    },
  };
  if (stream === "stdout") python.setStdout(options);
  else python.setStderr(options);
}

/** @type {Python} */
let python;

self.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  try {
    if (data.program) {
      const { run_json: run } = python.pyimport(RUNNER);
      postMessage({ kind: "done", outcome: run(JSON.stringify(data.program)) });
      return;
    }
    const image = data.image ?? (await unpackAll(data.packed));
    python = await start(image);
    if (image.memory) postMessage({ kind: "ready" });
    else {
      python.pyimport(RUNNER).destroy(); // so that it is in the snapshot
      image.memory = /** @type {any} */ (python).makeMemorySnapshot();
      postMessage({ kind: "ready", image }, { transfer: [image.memory.buffer] });
    }
  } catch (error) {
    postMessage({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
};
