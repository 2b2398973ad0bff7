import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { loadPyodide } from "pyodide";

const ROOT = new URL("../../", import.meta.url);

/**
 * Copies the Python and text files of a folder of the project into Python's own file system.
 *
 * @param {import("pyodide").PyodideAPI} python
 * @param {string} folder
 */
function copy(python, folder) {
  python.FS.mkdirTree(`/project/${folder}`);
  for (const entry of readdirSync(new URL(folder, ROOT), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== "__pycache__") copy(python, path);
    } else if (/\.(py|txt)$/.test(entry.name)) {
      python.FS.writeFile(`/project/${path}`, readFileSync(new URL(path, ROOT)));
    }
  }
}

test("Python 3.14 in WebAssembly records the same steps", async () => {
  const python = await loadPyodide();
  for (const folder of ["cs336_core/_shared", "cs336_core/trace", "tests/trace"])
    copy(python, folder);
  python.FS.writeFile(
    "/project/cs336_core/__init__.py",
    readFileSync(new URL("cs336_core/__init__.py", ROOT)),
  );
  const steps = python.runPython(`
import os, sys, warnings
os.chdir("/project")
sys.path.insert(0, "/project")
warnings.simplefilter("ignore")
from tests.trace import golden
assert sys.version_info >= (3, 14)
[(name, golden.steps(name)) for name in golden.PROGRAMS]
`);
  const found = steps.toJs();
  assert.ok(found.length >= 10);
  for (const [name, actual] of found) {
    const expected = readFileSync(new URL(`tests/trace/steps/${name}.txt`, ROOT), "utf8");
    assert.equal(actual, expected, name);
  }
});
