// Two runs of one program, side by side: where they differ, and their variables at the same step.

import { useMemo } from "preact/hooks";
import { Icon } from "../../ui/icons.jsx";
import { plural, t } from "../../ui/strings.js";
import { describeEvent } from "../events.js";
import { functionName, isolated } from "../labels.js";
import { shapeOfValue } from "../values/value_kinds.js";
import { ValueView } from "../values/values.jsx";
import { besideStep, differenceAt, sideBySide } from "./compare.js";

/** @typedef {import("./compare.js").Comparison} Comparison */
/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("../trace/types.js").Value} Value */

/** The line and the function of a step, for a sentence. @param {TraceIndex} index @param {number} step */
function lineOf({ trace }, step) {
  const frame = trace.steps[step]?.stack.frame;
  return { line: frame?.line ?? 0, function: functionName(frame?.function ?? "") };
}

/**
 * What differs at a step, in words; "" if nothing does.
 * @param {Comparison} comparison
 * @param {number} step
 */
export function describeDifference(comparison, step) {
  const difference = differenceAt(comparison, step);
  if (!difference) return "";
  const { index, other } = comparison;
  const { names, isOutput, isEnding, extra, parts } = difference;
  const sentences = [];
  if (parts) {
    const here = lineOf(index, step);
    const next = besideStep(comparison, step) + 1;
    const there = lineOf(other, next);
    sentences.push(
      next < other.trace.steps.length
        ? t("trace.compare.parts", {
            ...here,
            otherLine: there.line,
            otherFunction: there.function,
          })
        : t("trace.compare.parts.ended", here),
    );
  }
  if (extra) {
    const n = extra[1] - extra[0] + 1;
    sentences.push(plural("trace.compare.extra", n, lineOf(other, extra[0])));
  }
  if (names.length)
    sentences.push(t("trace.compare.values", { names: names.map(isolated).join(", ") }));
  if (isEnding) {
    const [here, there] = [
      index.trace.steps[step],
      other.trace.steps[besideStep(comparison, step)],
    ];
    const ending = (/** @type {import("../trace/types.js").Step | undefined} */ of) =>
      describeEvent(of?.event ?? null) || t("trace.event.none");
    sentences.push(t("trace.compare.ending", { here: ending(here), there: ending(there) }));
  }
  if (isOutput) sentences.push(t("trace.compare.output"));
  return sentences.join(" ");
}

/**
 * @param {{ comparison: Comparison, step: number, name: string,
 *   goToDifference: (direction: 1 | -1) => void, swap: () => void, close: () => void }} props
 *   `name`: of the other trace
 */
export function ComparisonBar({ comparison, step, name, goToDifference, swap, close }) {
  const { differences, counterparts } = comparison;
  const [first] = differences;
  const summary = first
    ? plural("trace.compare.first", differences.length, { name: isolated(name), step: first.step })
    : t("trace.compare.same", { name: isolated(name) });
  const parting = differences.find(({ parts, extra }) => parts || extra);
  const paths = parting
    ? t("trace.compare.part", { step: parting.step })
    : first && t("trace.compare.path");
  const counterpart = counterparts[step] ?? -1;
  const here =
    describeDifference(comparison, step) ||
    (counterpart < 0 ? t("trace.compare.alone") : t("trace.compare.beside", { step: counterpart }));
  return (
    <div class="cs336-comparison" role="group" aria-label={t("trace.compare.title")}>
      <p>
        {summary} {paths} {first && <span class="cs336-comparison-here">{here}</span>}
      </p>
      <span class="cs336-buttons">
        {differences.length > 0 &&
          /** @type {const} */ ([
            ["differenceBack", -1, "back"],
            ["difference", 1, "forward"],
          ]).map(([command, direction, icon]) => (
            <button
              key={command}
              type="button"
              title={t(`trace.${command}`)}
              aria-label={t(`trace.${command}`)}
              onClick={() => goToDifference(direction)}
            >
              <Icon name={icon} />
            </button>
          ))}
        <button type="button" title={t("trace.compare.swap")} onClick={swap}>
          {t("trace.compare.swap.short")}
        </button>
        <button type="button" onClick={close}>
          {t("trace.compare.close")}
        </button>
      </span>
    </div>
  );
}

/** @param {{ value: Value | undefined, before?: Value | undefined }} props */
function Cell({ value, before }) {
  const shape = useMemo(() => shapeOfValue(value ?? null), [value]);
  return value === undefined ? (
    <span class="cs336-quiet">{t("trace.compare.nothing")}</span>
  ) : (
    <ValueView value={value} shape={shape} before={before} />
  );
}

/** @param {{ comparison: Comparison, step: number, name: string }} props */
export function SideBySide({ comparison, step, name }) {
  const rows = useMemo(() => sideBySide(comparison, step), [comparison, step]);
  const isAlone = comparison.counterparts[step] === -1;
  return (
    <table class="cs336-side-by-side">
      <thead>
        <tr>
          <th scope="col">{functionName(comparison.index.callAt[step]?.function ?? "")}</th>
          <th scope="col">{t("trace.compare.this")}</th>
          <th scope="col">{isolated(name)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name: variable, value, other, differs }) => (
          <tr key={variable} class={differs ? "cs336-changed" : undefined}>
            <th scope="row">
              {isolated(variable)}
              {differs && <span class="cs336-changed-mark">{t("trace.compare.differs")}</span>}
            </th>
            <td>
              <Cell value={value} />
            </td>
            <td>
              {isAlone ? (
                <span class="cs336-quiet">{t("trace.compare.absent")}</span>
              ) : (
                <Cell value={other} before={differs ? value : undefined} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
