// Finds a text in the sources of a trace.

/** Places that are found, at most. */
const MANY = 1000;

/**
 * The lines that hold a text, whatever its case: those of `first` before those of other files.
 * `:12` finds line 12 of `first`.
 * @param {import("../trace/types.js").Trace} trace
 * @param {string} text
 * @param {string} first a path
 * @returns {{ path: string, line: number }[]}
 */
export function search({ files, hidden }, text, first) {
  const number = /^:(\d{1,7})$/.exec(text.trim());
  if (number) return [{ path: first, line: Number(number[1]) }];
  const wanted = text.toLowerCase();
  /** @type {{ path: string, line: number }[]} */
  const found = [];
  if (!wanted.trim()) return found;
  const paths = [first, ...[...files.keys()].filter((path) => path !== first)];
  for (const path of paths) {
    const lines = (files.get(path) ?? "").toLowerCase().split("\n");
    for (const [i, line] of lines.entries()) {
      if (found.length >= MANY) return found;
      if (line.includes(wanted) && !hidden.get(path)?.has(i + 1)) found.push({ path, line: i + 1 });
    }
  }
  return found;
}
