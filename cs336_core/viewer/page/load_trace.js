// Loads the text of a trace: from this site, from disk, or from another site if the reader agrees.

import { loadScript } from "../../ui/loading.js";
import { t } from "../../ui/strings.js";

/** Bytes of a file; larger ones are not read at all. */
const MAX_BYTES = 200_000_000;
/** Files that a page opened from disk can load, from the script beside each of them. */
const SITE_TRACE = /^traces\/[\w.-]+\.json$/;

/** The message explains to the reader why a trace cannot be loaded. */
export class LoadError extends Error {}

/**
 * Resolves an address: on this site, on another one, or beside a page that was opened from disk.
 * @param {string} requested
 * @param {string} base the page's address
 * @returns {{ kind: "here" | "foreign" | "disk", url: URL }}
 */
export function resolveAddress(requested, base) {
  const address = requested.slice(0, 200);
  let url;
  try {
    url = new URL(requested, base);
  } catch {
    throw new LoadError(t("trace.load.address", { address }));
  }
  const page = new URL(base);
  if (page.protocol === "file:" && !/^https?:/.test(url.protocol)) {
    if (!SITE_TRACE.test(requested)) throw new LoadError(t("trace.load.disk", { address }));
    return { kind: "disk", url };
  }
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new LoadError(t("trace.load.address", { address }));
  }
  return { kind: url.origin === page.origin ? "here" : "foreign", url };
}

/** The text of the trace that a page which is one file has in it; null on any other page. */
export function ownTrace() {
  return document.getElementById("cs336-trace")?.textContent ?? null;
}

/** @param {URL} url */
async function fetchText(url) {
  // theme_boot.js has already requested the trace that the page's address names.
  const prefetch = /** @type {{ href: string, response: Promise<Response> } | undefined} */ (
    /** @type {any} */ (globalThis).cs336Prefetch
  );
  /** @type {any} */ (globalThis).cs336Prefetch = undefined;
  let response;
  try {
    response = await (prefetch?.href === url.href
      ? prefetch.response
      : fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" }));
  } catch {
    throw new LoadError(t("trace.load.unreachable", { address: url.href }));
  }
  if (!response.ok)
    throw new LoadError(t("trace.load.status", { address: url.href, status: response.status }));
  checkSize(Number(response.headers.get("Content-Length")));
  return response.text();
}

/**
 * The text at the first address that has one.
 * @param {URL[]} urls
 */
export async function fetchFirst([url, ...others]) {
  try {
    return await fetchText(/** @type {URL} */ (url));
  } catch (error) {
    for (const other of others) {
      const text = await fetchText(other).catch(() => null);
      if (text !== null) return text;
    }
    throw error;
  }
}

/**
 * A file of this site that a trace refers to.
 * @param {string} address
 */
export async function readBeside(address) {
  const { kind, url } = resolveAddress(address, document.baseURI);
  if (kind === "foreign") throw new LoadError(t("trace.load.address", { address }));
  return kind === "disk" ? loadFromDisk(address) : fetchFirst([url]);
}

/** @param {File} file */
export async function readFile(file) {
  checkSize(file.size);
  try {
    return await file.text();
  } catch {
    throw new LoadError(t("trace.load.unreadable", { name: file.name }));
  }
}

/** @param {number} size in bytes */
function checkSize(size) {
  if (size > MAX_BYTES)
    throw new LoadError(
      t("trace.load.large", { n: Math.ceil(size / 1e4) / 100, max: MAX_BYTES / 1e6 }),
    );
}

/** @type {Map<string, string>} traces that a script has assigned, until they are used */
const assigned = new Map();

/**
 * A trace of this site on a page opened from disk, where `fetch` is refused: it also exists as a
 * script.
 * @param {string} address
 */
export async function loadFromDisk(address) {
  /** @type {any} */ (globalThis).cs336Trace = (
    /** @type {string} */ name,
    /** @type {string} */ text,
  ) => assigned.set(name, text);
  await loadScript(`${address}.js`).catch(() => {}); // if it failed, nothing is assigned
  const text = assigned.get(address);
  assigned.delete(address);
  if (text === undefined) throw new LoadError(t("trace.load.disk", { address }));
  return text;
}
