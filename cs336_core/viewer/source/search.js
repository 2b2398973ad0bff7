// Finds text in the sources of a trace.

/** Matches, at most. */
const MAX_MATCHES = 1000;

/**
 * The lines that contain a text, ignoring case: those of `first` before those of other files.
 * `:12` finds line 12 of `first`.
 * @param {import("../trace/types.js").Trace} trace
 * @param {string} text
 * @param {string} first a path
 * @returns {{ path: string, line: number }[]}
 */
export function search({ files, hidden }, text, first) {
  const number = /^:(\d{1,7})$/.exec(text.trim());
  if (number) return [{ path: first, line: Number(number[1]) }];
  const query = text.toLowerCase();
  /** @type {{ path: string, line: number }[]} */
  const matches = [];
  if (!query.trim()) return matches;
  const paths = [first, ...[...files.keys()].filter((path) => path !== first)];
  for (const path of paths) {
    const lines = (files.get(path) ?? "").toLowerCase().split("\n");
    for (const [i, line] of lines.entries()) {
      if (matches.length >= MAX_MATCHES) return matches;
      if (line.includes(query) && !hidden.get(path)?.has(i + 1))
        matches.push({ path, line: i + 1 });
    }
  }
  return matches;
}
