// The bar below the source: the timeline, the transport, and the step in words.

import { t } from "../ui/strings.js";
import { Transport } from "../ui/transport.jsx";
import { Timeline } from "./timeline.jsx";

const PLAY_INTERVAL = 700; // milliseconds per step while playing

/**
 * @param {{ index: import("./trace/trace_index.js").TraceIndex, step: number, status: string,
 *   announcement: string, ticks: number[], matches: number[], differences: number[],
 *   go: (step: number) => void, actions: ReturnType<typeof import("./actions.js").actionsOf> }} props
 *   `status`: the step in words; `announcement`: what screen readers say; for the others see `Timeline`
 */
export function RunBar({ status, announcement, actions, ...timeline }) {
  const { index, step, go } = timeline;
  return (
    <div class="cs336-run">
      <Timeline {...timeline} />
      <Transport
        name={t("trace.step")}
        step={step}
        last={index.trace.steps.length - 1}
        valueText={status}
        go={go}
        rest={PLAY_INTERVAL}
      >
        {
          /** @type {const} */ (["overBack", "over", "out"]).map((command) => (
            <button
              key={command}
              type="button"
              class="cs336-word"
              title={t(`trace.${command}`)}
              onClick={actions[command]}
            >
              {t(`trace.${command}.short`)}
            </button>
          ))
        }
      </Transport>
      <p class="cs336-step-status cs336-quiet">{status}</p>
      <p class="cs336-unseen" role="status">
        {announcement}
      </p>
    </div>
  );
}
