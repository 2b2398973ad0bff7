// The search: in the source, in the output, or over time for the steps where a condition holds.

import { t } from "../../ui/strings.js";
import { SEARCHES } from "../settings.js";
import { search } from "../source/search.js";
import { lastUpTo } from "../trace/trace_index.js";
import { stepsPrinting, stepsWhere } from "./find_steps.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("../settings.js").Settings} Settings */

/**
 * What a search has found: lines of source, or else steps; `problem`: why there are no steps.
 * @typedef {{ lines: { path: string, line: number }[], steps: number[], problem: string }} Found
 */

/** No steps: one array, so that the timeline is not drawn again. @type {number[]} */
const NO_STEPS = [];

/**
 * @param {TraceIndex} index
 * @param {string} text
 * @param {string} where one of `SEARCHES`
 * @param {string} path the file in view, whose lines come first
 * @returns {Found}
 */
export function find(index, text, where, path) {
  if (!text.trim()) return { lines: [], steps: NO_STEPS, problem: "" };
  if (where === "when") return { lines: [], ...stepsWhere(index, text) };
  if (where === "output") return { lines: [], ...stepsPrinting(index, text) };
  return { lines: search(index.trace, text, path), steps: NO_STEPS, problem: "" };
}

/**
 * The position of the match in view, from 0; -1 if none is.
 * @param {Found} found
 * @param {Settings} settings
 */
export function currentMatch({ lines, steps }, { step, source, line }) {
  if (lines.length) return lines.findIndex((match) => match.path === source && match.line === line);
  const nearest = lastUpTo(steps, step);
  return steps[nearest] === step ? nearest : -1;
}

/** The number of matches in words. @param {Found} found @param {Settings} settings */
function describe(found, settings) {
  const n = found.lines.length || found.steps.length;
  if (settings.find === "") return "";
  if (n === 0) return t("trace.search.none");
  const i = currentMatch(found, settings);
  return i < 0 ? t("trace.search.found", { n }) : t("trace.search.at", { i: i + 1, n });
}

/**
 * @param {{ settings: Settings, set: (changes: Partial<Settings>) => void, found: Found,
 *   goToMatch: (direction: 1 | -1) => void }} props
 */
export function SearchBar({ settings, set, found, goToMatch }) {
  const where = SEARCHES.find((search) => search === settings.findIn) ?? "source";
  const hasMatches = found.lines.length + found.steps.length > 0;
  return (
    <span class="cs336-search">
      <select
        value={where}
        aria-label={t("trace.search.in")}
        onChange={({ currentTarget }) => set({ findIn: currentTarget.value, source: "", line: 0 })}
      >
        {SEARCHES.map((name) => (
          <option key={name} value={name}>
            {t(`trace.search.in.${name}`)}
          </option>
        ))}
      </select>
      <input
        type="search"
        value={settings.find}
        placeholder={t(where === "when" ? "trace.search.when.example" : `trace.search.${where}`)}
        aria-label={t(`trace.search.${where}`)}
        aria-invalid={where === "when" && found.problem !== ""}
        autocapitalize="off"
        spellcheck={false}
        maxLength={200}
        onInput={({ currentTarget }) => set({ find: currentTarget.value, source: "", line: 0 })}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          goToMatch(event.shiftKey ? -1 : 1);
        }}
      />
      {settings.find !== "" && (
        <span class="cs336-quiet" role="status">
          {describe(found, settings)}
        </span>
      )}
      {hasMatches &&
        /** @type {const} */ ([
          ["trace.search.previous", -1, "↑"],
          ["trace.search.next", 1, "↓"],
        ]).map(([label, direction, arrow]) => (
          <button
            key={label}
            type="button"
            aria-label={t(label)}
            title={t(label)}
            onClick={() => goToMatch(direction)}
          >
            {arrow}
          </button>
        ))}
    </span>
  );
}
