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

/** Returns Python 3.14 in WebAssembly, in the project's folder. */
async function startPython() {
  const python = await loadPyodide();
  for (const folder of ["cs336_core/_shared", "cs336_core/trace", "tests/trace"])
    copy(python, folder);
  python.FS.writeFile(
    "/project/cs336_core/__init__.py",
    readFileSync(new URL("cs336_core/__init__.py", ROOT)),
  );
  python.runPython(`
import os, sys, warnings
assert sys.version_info >= (3, 14)
os.chdir("/project")
sys.path.insert(0, "/project")
warnings.simplefilter("ignore")
`);
  return python;
}

const python = await startPython();

test("Python 3.14 records the same steps with sys.settrace and with sys.monitoring", () => {
  const recorded = python.runPython(`
from cs336_core.trace.record.recorder import HOOKS
from tests.trace import golden
[(name, hook.__name__, golden.steps(name, hook)) for name in golden.PROGRAMS for hook in HOOKS]
`);
  const found = recorded.toJs();
  assert.ok(found.length >= 20);
  assert.equal(new Set(found.map(([, hook]) => hook)).size, 2);
  for (const [name, hook, actual] of found) {
    const expected = readFileSync(new URL(`tests/trace/steps/${name}.txt`, ROOT), "utf8");
    assert.equal(actual, expected, `${name}, ${hook}`);
  }
});

const checks = python.runPython(`
from tests.trace import monitored
[name for name in dir(monitored) if name.startswith("test_")]
`);
for (const name of checks.toJs())
  test(`sys.monitoring: ${name.replaceAll("_", " ")}`, () =>
    python.runPython(`monitored.${name}()`));
