// What the page says above or in place of a trace.

import { formatNumber, plural, t } from "../../ui/strings.js";

/** @typedef {ReturnType<typeof import("./use_trace.js").useTrace>} Trace */

/** Asks whether another site may be visited. @param {{ trace: Trace }} props */
export function AskForeign({ trace: { state, openAddress, close } }) {
  if (state.kind !== "asking") return null;
  return (
    <div class="page-note">
      <p>{t("trace.asking", { origin: state.url.origin })}</p>
      <p>
        <code>{state.url.href}</code>
      </p>
      <p>
        <button type="button" class="cs336-play" onClick={() => openAddress(state.address, true)}>
          {t("trace.asking.yes")}
        </button>{" "}
        <button type="button" onClick={close}>
          {t("trace.asking.no")}
        </button>
      </p>
    </div>
  );
}

/** Why the trace to compare with is not in view. @param {{ trace: Trace }} props */
export function ComparedNote({ trace: { state, openAddress, close } }) {
  if (state.kind !== "failed" && state.kind !== "asking") return null;
  return (
    <p class="page-omitted" role="status">
      {state.kind === "failed"
        ? t("trace.compare.failed", { error: state.error })
        : t("trace.asking", { origin: state.url.origin })}{" "}
      {state.kind === "asking" && (
        <button type="button" onClick={() => openAddress(state.address, true)}>
          {t("trace.asking.yes")}
        </button>
      )}{" "}
      <button type="button" onClick={close}>
        {t(state.kind === "failed" ? "trace.close" : "trace.asking.no")}
      </button>
    </p>
  );
}

/** How many steps the page leaves out. @param {{ trace: import("../trace/types.js").Trace }} props */
export function OmittedNote({ trace: { omitted, steps } }) {
  if (omitted === 0) return null;
  return (
    <p class="page-omitted" role="status">
      {plural("trace.omitted", omitted, { shown: formatNumber(steps.length) })}
    </p>
  );
}
