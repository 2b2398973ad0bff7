// How a token is displayed: its text with visible white space, or its bytes.

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Invisible characters and their replacements. */
const VISIBLE = new Map([
  [" ", "␣"],
  ["\n", "⏎"],
  ["\t", "⇥"],
  ["\r", "␍"],
]);

/** Control, format (bidirectional marks among them), unassigned characters; separators of lines. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;

/** @param {Iterable<number>} bytes */
export function hex(bytes) {
  return [...bytes].map((b) => b.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}

/**
 * The displayed text of a token: its text if its bytes are valid UTF-8, else its bytes in hex.
 * @param {Uint8Array} bytes
 * @returns {{ text: string, kind: "text" | "bytes" }}
 */
export function tokenLabel(bytes) {
  /** @type {string} */
  let decoded;
  try {
    decoded = strict.decode(bytes);
  } catch {
    return { text: hex(bytes), kind: "bytes" };
  }
  // Other invisible characters show their code points; some would even reorder their neighbors.
  const text = Array.from(decoded, (c) => {
    const visible = VISIBLE.get(c);
    if (visible) return visible;
    if (UNSEEN.test(c)) {
      return `U+${/** @type {number} */ (c.codePointAt(0)).toString(16).toUpperCase().padStart(4, "0")}`;
    }
    return c;
  }).join("");
  return { text, kind: "text" };
}

/** Longer tokens, in bytes, are cut where there is little room. */
const LONGEST = 48;

/**
 * The first bytes of a token that is too long to show, cut between characters if it is valid UTF-8.
 * @param {Uint8Array} bytes
 */
function beginning(bytes) {
  let end = LONGEST;
  while (end > 0 && (Number(bytes[end]) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

/**
 * The label of a token on a chip or in a sentence; a long token is cut.
 * @param {Uint8Array} bytes
 * @returns {{ text: string, kind: "text" | "bytes", long: boolean }}
 */
export function shortLabel(bytes) {
  if (bytes.length <= LONGEST) return { ...tokenLabel(bytes), long: false };
  const { text, kind } = tokenLabel(beginning(bytes));
  return { text: `${text}…`, kind, long: true };
}

/**
 * A function from ids to the labels of a vocabulary's tokens.
 * @param {readonly Uint8Array[]} vocab
 */
export function labelsOf(vocab) {
  return (/** @type {number} */ id) => shortLabel(vocab[id] ?? new Uint8Array()).text;
}

/** The bytes of a token in hex; a long token is cut. @param {Uint8Array} bytes */
export function shortHex(bytes) {
  return bytes.length <= LONGEST ? hex(bytes) : `${hex(beginning(bytes))} …`;
}

/**
 * A token as data that a program can read back: its exact text, "" where its bytes are not whole
 * characters, and its bytes in hex.
 * @param {Uint8Array} bytes
 */
export function tokenData(bytes) {
  try {
    return { text: strict.decode(bytes), bytes: hex(bytes) };
  } catch {
    return { text: "", bytes: hex(bytes) };
  }
}

/**
 * The hue of a token, 0 to 7: the same for the same id everywhere. Multiplicative hashing, with a
 * factor that gives neighboring ids, and letters that are often neighbors, different hues.
 * @param {number} id
 */
export function hue(id) {
  return Math.imul(id, 1698368519) >>> 29;
}
