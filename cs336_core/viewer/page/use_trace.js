// A trace that the page opens: from a file or an address, on another site only if the reader agrees.

import { useRef, useState } from "preact/hooks";
import { readFile } from "./load_trace.js";
import { indexOf, loaderOf } from "./open_trace.js";

/** @typedef {import("./open_trace.js").Opened} Opened */

/**
 * `url`: a page of another site that the reader has to allow first; `address`: the address as requested.
 * @typedef {{ kind: "none" } | { kind: "failed", error: string } | { kind: "loading", name: string }
 *   | { kind: "asking", url: URL, address: string } | ({ kind: "shown" } & Opened)} State
 */

/** @param {unknown} error @returns {State} */
const failed = (error) => ({
  kind: "failed",
  error: error instanceof Error ? error.message : String(error),
});

/** @param {State} initial */
export function useTrace(initial) {
  const [state, setState] = useState(initial);
  const latest = useRef(0); // the number of the request whose result counts
  /** @param {State} next */
  const set = (next) => {
    latest.current++;
    setState(next);
  };
  /** @param {string} name @param {string} address @param {() => Promise<string>} load */
  const open = async (name, address, load) => {
    set({ kind: "loading", name });
    const request = latest.current;
    /** @type {State} */
    let next;
    try {
      next = { kind: "shown", ...(await indexOf(name, address, load)) };
    } catch (error) {
      next = failed(error);
    }
    if (request === latest.current) setState(next);
  };
  return {
    state,
    open,
    /** @param {File} file */
    openFile: (file) => open(file.name, "", () => readFile(file)),
    /** @param {string} address @param {boolean} [agreed] whether another site may be visited */
    openAddress: (address, agreed = false) => {
      try {
        const { isForeign, url, name, load } = loaderOf(address);
        if (isForeign && !agreed) set({ kind: "asking", url, address });
        else open(name, address, load);
      } catch (error) {
        set(failed(error));
      }
    },
    /** @param {Opened} opened */
    show: (opened) => set({ kind: "shown", ...opened }),
    close: () => set({ kind: "none" }),
  };
}
