// The queries of a tile: the running maximum and sum of each, and one of them worked out.

import { resultOf } from "../../browser/model/flash_steps.js";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { rescales, short, vector } from "./text.js";

/** @typedef {import("../../browser/model/flash_steps.js").RowStep} RowStep */

/**
 * @param {{ rows: readonly RowStep[], row: number, most: number, choose: (row: number) => void }} props
 *   `row`: the one that is worked out; `most`: how many rows there is room for, so that the last tile,
 *   which may have fewer, moves nothing
 */
export function Rows({ rows, row, most, choose }) {
  return (
    <Panel kind="flash-rows" title={t("flash.rows")} style={{ "--rows": most }}>
      <table>
        <thead>
          <tr>
            {["query", "highest", "rescale", "total"].map((name) => (
              <th key={name} scope="col">
                {t(`flash.rows.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((each, i) => (
            <tr key={each.query} class={i === row ? "cs336-now" : undefined}>
              <td>
                <button type="button" aria-pressed={i === row} onClick={() => choose(i)}>
                  {each.query + 1}
                </button>
              </td>
              <td>{short(each.highest)}</td>
              <td class={rescales(each) ? "cs336-flash-rescaled" : undefined}>
                {each.before === -Infinity ? t("flash.rows.rescale.none") : short(each.rescale)}
              </td>
              <td>{short(each.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** A number after a minus sign. @param {number} value */
const taken = (value) => (short(value).startsWith("−") ? `(${short(value)})` : short(value));

/** How the highest score so far is found. @param {RowStep} row */
function highestText({ scores, before, highest }) {
  const here = Math.max(...scores);
  if (here === -Infinity) return t("flash.row.highest.hidden", { highest: short(highest) });
  if (before === -Infinity) return t("flash.row.highest.first", { highest: short(highest) });
  return t("flash.row.highest.next", {
    before: short(before),
    here: short(here),
    highest: short(highest),
  });
}

/**
 * Numbers, each in a cell of one width: how many lines they take does not depend on what they are.
 * @param {{ texts: readonly string[], most: number }} props `most`: how many there is room for
 */
function Cells({ texts, most }) {
  return (
    <span class="cs336-flash-cells">
      {Array.from({ length: most }, (_, i) => (
        <span key={i}>
          {texts[i] ?? ""}
          {i + 1 < texts.length ? ", " : ""}
        </span>
      ))}
    </span>
  );
}

/** The sum of values before a tile and in it. @param {{ row: RowStep }} props */
function OutputSum({ row: { before, rescale, output, outputBefore } }) {
  if (before === -Infinity) return <span class="cs336-flash-line">{vector(output)}</span>;
  const here = output.map((sum, i) => sum - rescale * (outputBefore[i] ?? 0));
  return (
    <>
      <span class="cs336-flash-line">
        {t("flash.row.times", { rescale: short(rescale) })} {vector(outputBefore)}
      </span>{" "}
      <span class="cs336-flash-line">+ {vector(here)}</span>{" "}
      <span class="cs336-flash-line">= {vector(output)}</span>
    </>
  );
}

/** @param {{ row: RowStep, most: number }} props `most`: how many scores there is room for */
export function RowPanel({ row, most }) {
  const { before, rescale, highest, exponentials } = row;
  const first = before === -Infinity;
  const sum = exponentials.reduce((total, x) => total + x, 0);
  const scores = row.scores.map((score) =>
    score === -Infinity ? t("flash.masked") : short(score),
  );
  /** @type {[name: string, text: import("preact").ComponentChild][]} */
  const lines = [
    ["scores", <Cells texts={scores} most={most} />],
    ["highest", highestText(row)],
    [
      "rescale",
      first
        ? t("flash.row.rescale.first")
        : t("flash.row.rescale.next", {
            before: short(before),
            highest: taken(highest),
            rescale: short(rescale),
          }),
    ],
    [
      "total",
      first
        ? short(sum)
        : t("flash.row.sum", {
            rescale: short(rescale),
            before: short(row.totalBefore),
            here: short(sum),
            after: short(row.total),
          }),
    ],
    ["output", <OutputSum row={row} />],
    ["result", <span class="cs336-flash-line">{vector(resultOf(row))}</span>],
  ];
  return (
    <Panel kind="flash-worked" title={t("flash.row", { query: row.query + 1 })}>
      <dl>
        {lines.map(([name, text]) => (
          <div key={name} class={`cs336-flash-of-${name}`}>
            <dt>{t(`flash.row.${name}`)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
