// Opens a trace: from its address to its index.

import { t } from "../../ui/strings.js";
import { titleOf } from "../labels.js";
import { readTrace } from "../read/read_trace.js";
import { buildIndex } from "../trace/trace_index.js";
import { addressesOf } from "./address.js";
import { fetchFirst, loadFromDisk, resolveAddress } from "./load_trace.js";

/**
 * A trace that is open. `name`: its title; `address`: as it was requested, "" for a file.
 * @typedef {{ index: import("../trace/trace_index.js").TraceIndex, name: string, address: string }} Opened
 */

/**
 * How to load a requested trace; throws `LoadError` if that is not the address of one.
 * @param {string} requested
 */
export function loaderOf(requested) {
  const candidates = addressesOf(requested).map((address) => ({
    address,
    ...resolveAddress(address, document.baseURI),
  }));
  const [{ kind, url, address }] = /** @type {[typeof candidates[0], ...typeof candidates]} */ (
    candidates
  );
  return {
    isForeign: kind === "foreign",
    url,
    name: address.split(/[?#]/)[0]?.split("/").at(-1) ?? address,
    load: () =>
      kind === "disk"
        ? loadFromDisk(address)
        : fetchFirst(candidates.map((candidate) => candidate.url)),
  };
}

/**
 * Loads and indexes a trace; an error names it.
 * @param {string} name
 * @param {string} address
 * @param {() => Promise<string>} load
 * @returns {Promise<Opened>}
 */
export async function indexOf(name, address, load) {
  try {
    const trace = readTrace(await load());
    if (!trace.steps.length) throw new Error(t("trace.load.empty"));
    return { index: buildIndex(trace), name: titleOf(trace) ?? name, address };
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
