// Gets the text of a trace: from this site, from disk, from another site if the reader agrees.

import { loadScript } from "../../ui/loading.js";
import { t } from "../../ui/strings.js";

/** Bytes of a file; larger ones are not even read. */
const LARGEST = 200_000_000;
/** What a page that was opened from disk may ask for by name, as a script beside it. */
const ON_DISK = /^traces\/[\w.-]+\.json$/;

/** What is said to the reader when a trace cannot be had. */
export class OpeningError extends Error {}

/**
 * Where a trace is: on this site, on another one, beside a page that was opened from disk.
 * @param {string} asked
 * @param {string} base the page's address
 * @returns {{ kind: "here" | "foreign" | "disk", url: URL }}
 */
export function placeOf(asked, base) {
  let url;
  try {
    url = new URL(asked, base);
  } catch {
    throw new OpeningError(t("trace.opening.address", { address: asked.slice(0, 200) }));
  }
  const page = new URL(base);
  if (page.protocol === "file:" && !/^https?:/.test(url.protocol)) {
    if (!ON_DISK.test(asked))
      throw new OpeningError(t("trace.opening.disk", { address: asked.slice(0, 200) }));
    return { kind: "disk", url };
  }
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new OpeningError(t("trace.opening.address", { address: asked.slice(0, 200) }));
  }
  return { kind: url.origin === page.origin ? "here" : "foreign", url };
}

/** @param {URL} url */
async function fetched(url) {
  // What the page's address names was asked for before this script was there (early.js).
  const early = /** @type {{ href: string, response: Promise<Response> } | undefined} */ (
    /** @type {any} */ (globalThis).cs336Asked
  );
  /** @type {any} */ (globalThis).cs336Asked = undefined;
  let response;
  try {
    response = await (early?.href === url.href
      ? early.response
      : fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" }));
  } catch {
    throw new OpeningError(t("trace.opening.unreachable", { address: url.href }));
  }
  if (!response.ok)
    throw new OpeningError(
      t("trace.opening.status", { address: url.href, status: response.status }),
    );
  tooLarge(Number(response.headers.get("Content-Length")));
  return response.text();
}

/**
 * The first trace that is there.
 * @param {URL[]} urls
 */
export async function firstOf([url, ...others]) {
  try {
    return await fetched(/** @type {URL} */ (url));
  } catch (error) {
    for (const other of others) {
      const text = await fetched(other).catch(() => null);
      if (text !== null) return text;
    }
    throw error;
  }
}

/** @param {File} file */
export async function fromFile(file) {
  tooLarge(file.size);
  try {
    return await file.text();
  } catch {
    throw new OpeningError(t("trace.opening.unreadable", { name: file.name }));
  }
}

/** @param {number} size */
function tooLarge(size) {
  if (size > LARGEST)
    throw new OpeningError(
      t("trace.opening.large", { n: Math.ceil(size / 1e4) / 100, most: LARGEST / 1e6 }),
    );
}

/** @type {Map<string, string>} traces that a script has brought and nobody has taken yet */
const brought = new Map();

/**
 * A trace of the site's own, where `fetch` is refused: it lies there as a script, too.
 * @param {string} address
 */
export async function fromDisk(address) {
  /** @type {any} */ (globalThis).cs336Trace = (
    /** @type {string} */ name,
    /** @type {string} */ text,
  ) => brought.set(name, text);
  await loadScript(`${address}.js`).catch(() => {}); // whatever came of it, it brought the trace or not
  const text = brought.get(address);
  brought.delete(address);
  if (text === undefined) throw new OpeningError(t("trace.opening.disk", { address }));
  return text;
}
