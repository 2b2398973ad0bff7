// Labels of references, as in cs336_core/trace/references.py.

/**
 * A short label for a reference.
 * @param {import("../trace/types.js").Reference} reference
 */
export function referenceLabel({ authors, date, title, url }) {
  const first = authors?.[0];
  if (authors && first !== undefined) {
    const isTeam = /(?<![\p{L}\p{N}_])Team(?![\p{L}\p{N}_])/u.test(first);
    const name = isTeam ? first : (first.trim().split(/\s+/).at(-1) ?? "");
    const others = authors.length > 1 && !isTeam ? "+" : "";
    return `[${name}${others} ${date ? [...date].slice(0, 4).join("") : "?"}]`;
  }
  const name = title || url || "?";
  // Files of 2025 have titles that are labels.
  return /^\s*\[.*\]\s*$/s.test(name) ? name.trim() : `[${name}]`;
}

/**
 * A label with a single pair of brackets; edtrace adds brackets to titles that already have some.
 * @param {string} label
 */
export function singleBrackets(label) {
  return label.trim().replace(/^\[\s*(\[.*\])\s*\]$/s, "$1");
}
