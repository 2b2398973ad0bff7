// The panel beside the source: watched expressions, variables and output.

import { t } from "../ui/strings.js";
import { Arrows } from "./arrows.jsx";
import { SideBySide } from "./explore/comparison.jsx";
import { Watches } from "./explore/watches.jsx";
import { Output, Variables } from "./variables.jsx";

/**
 * @param {{ panel: { current: HTMLDivElement | null },
 *   index: import("./trace/trace_index.js").TraceIndex, step: number,
 *   settings: import("./settings.js").Settings,
 *   set: (changes: Partial<import("./settings.js").Settings>) => void,
 *   comparison: import("./explore/compare.js").Comparison | undefined, otherName: string,
 *   following: Parameters<typeof Variables>[0]["following"],
 *   outputs: Parameters<typeof Output>[0]["outputs"],
 *   isAddingWatch: boolean, setAddingWatch: (isAdding: boolean) => void }} props
 *   `panel`: gets the element; `otherName`: of the trace in `comparison`
 */
export function SidePanel({ panel, index, step, settings, set, comparison, otherName, ...props }) {
  return (
    <div
      ref={panel}
      class="cs336-side"
      tabIndex={0}
      role="region"
      aria-label={t("trace.variables")}
    >
      <Watches
        index={index}
        step={step}
        watches={settings.watch}
        set={(watch) => set({ watch })}
        isAdding={props.isAddingWatch}
        setAdding={props.setAddingWatch}
      />
      {comparison ? (
        <SideBySide comparison={comparison} step={step} name={otherName} />
      ) : (
        <Variables index={index} step={step} following={props.following} />
      )}
      {settings.arrows && <Arrows />}
      <Output outputs={props.outputs} step={step} />
    </div>
  );
}
