// Files that a reader can save from a figure: a table, data, a picture.

/** The beginning of a cell that a spreadsheet would run as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Rows as CSV (RFC 4180), with the keys of the first row as header. Text that a spreadsheet would run
 * as a formula is prefixed with an apostrophe, which spreadsheets hide; JSON has the exact text.
 * @param {Record<string, string | number>[]} rows
 */
export function toCSV(rows) {
  const columns = Object.keys(rows[0] ?? {});
  /** @param {string | number | undefined} value */
  const cell = (value) => {
    const text = `${typeof value === "string" && FORMULA.test(value) ? "'" : ""}${value ?? ""}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(",")}\r\n`)
    .join("");
}

/** @param {string} text */
export function escapeXML(text) {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/**
 * Hands `content` to the reader as a file.
 * @param {string} name
 * @param {string} type
 * @param {string} content
 */
export function save(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const anchor = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
