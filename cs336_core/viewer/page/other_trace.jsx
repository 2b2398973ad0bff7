// The trace to compare with: opened from a file or from the address of the page, as the first one is.

import { useRef, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { readFile } from "./load_trace.js";
import { indexOf, loaderOf } from "./open_trace.js";

/** @typedef {import("./open_trace.js").Opened} Opened */

/**
 * @typedef {{ kind: "none" } | { kind: "failed", error: string }
 *   | { kind: "asking", origin: string, address: string } | ({ kind: "shown" } & Opened)} OtherTrace
 */

export function useOtherTrace() {
  const [other, setOther] = useState(/** @type {OtherTrace} */ ({ kind: "none" }));
  const latest = useRef(0);
  /** @param {string} name @param {string} address @param {() => Promise<string>} load */
  const open = async (name, address, load) => {
    const request = ++latest.current;
    /** @type {OtherTrace} */
    let next;
    try {
      next = { kind: "shown", ...(await indexOf(name, address, load)) };
    } catch (error) {
      next = { kind: "failed", error: error instanceof Error ? error.message : String(error) };
    }
    if (request === latest.current) setOther(next);
  };
  return {
    other,
    /** @param {Opened} opened */
    set: (opened) => setOther({ kind: "shown", ...opened }),
    close: () => {
      latest.current++;
      setOther({ kind: "none" });
    },
    /** @param {File | undefined} file */
    openFile: (file) => file && open(file.name, "", () => readFile(file)),
    /** @param {string} address @param {boolean} [agreed] whether another site may be visited */
    openAddress: (address, agreed = false) => {
      try {
        const { isForeign, url, name, load } = loaderOf(address);
        if (isForeign && !agreed) setOther({ kind: "asking", origin: url.origin, address });
        else open(name, address, load);
      } catch (error) {
        setOther({ kind: "failed", error: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}

/** @param {{ trace: ReturnType<typeof useOtherTrace> }} props */
export function OtherTraceNote({ trace: { other, close, openAddress } }) {
  if (other.kind === "none" || other.kind === "shown") return null;
  return (
    <p class="page-omitted" role="status">
      {other.kind === "failed"
        ? t("trace.compare.failed", { error: other.error })
        : t("trace.asking", { origin: other.origin })}{" "}
      {other.kind === "asking" && (
        <button type="button" onClick={() => openAddress(other.address, true)}>
          {t("trace.asking.yes")}
        </button>
      )}{" "}
      <button type="button" onClick={close}>
        {t(other.kind === "failed" ? "trace.close" : "trace.asking.no")}
      </button>
    </p>
  );
}
