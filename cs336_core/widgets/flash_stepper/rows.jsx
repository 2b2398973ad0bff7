// The queries of a tile: the running maximum and sum of each, and one of them in detail.

import { resultOf } from "../../browser/model/flash_steps.js";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { rescales, short, vector } from "./text.js";

/** @typedef {import("../../browser/model/flash_steps.js").RowStep} RowStep */

/**
 * @param {{ rows: readonly RowStep[], row: number, maxRows: number, choose: (row: number) => void }} props
 *   `row`: the selected one; `maxRows`: the rows to reserve space for, so that the last tile, which may
 *   have fewer, does not shift the layout
 */
export function Rows({ rows, row, maxRows, choose }) {
  return (
    <Panel kind="flash-rows" title={t("flash.rows")} style={{ "--rows": maxRows }}>
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
          {rows.map((rowStep, i) => (
            <tr key={rowStep.query} class={i === row ? "cs336-now" : undefined}>
              <td>
                <button type="button" aria-pressed={i === row} onClick={() => choose(i)}>
                  {rowStep.query + 1}
                </button>
              </td>
              <td>{short(rowStep.highest)}</td>
              <td class={rescales(rowStep) ? "cs336-flash-rescaled" : undefined}>
                {rowStep.before === -Infinity
                  ? t("flash.rows.rescale.none")
                  : short(rowStep.rescale)}
              </td>
              <td>{short(rowStep.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** A number to put after a minus sign: in parentheses if it is negative. @param {number} value */
const subtrahend = (value) => (short(value).startsWith("−") ? `(${short(value)})` : short(value));

/** How the running maximum is updated. @param {RowStep} row */
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
 * Numbers in cells of equal width, so that the number of lines does not depend on the values.
 * @param {{ texts: readonly string[], maxCells: number }} props `maxCells`: the cells to reserve space for
 */
function Cells({ texts, maxCells }) {
  return (
    <span class="cs336-flash-cells">
      {Array.from({ length: maxCells }, (_, i) => (
        <span key={i}>
          {texts[i] ?? ""}
          {i + 1 < texts.length ? ", " : ""}
        </span>
      ))}
    </span>
  );
}

/** The weighted sum of values: rescaled, plus the tile's. @param {{ row: RowStep }} props */
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

/** @param {{ row: RowStep, maxScores: number }} props `maxScores`: the scores to reserve space for */
export function RowPanel({ row, maxScores }) {
  const { before, rescale, highest, exponentials } = row;
  const first = before === -Infinity;
  const sum = exponentials.reduce((total, x) => total + x, 0);
  const scores = row.scores.map((score) =>
    score === -Infinity ? t("flash.masked") : short(score),
  );
  /** @type {[name: string, text: import("preact").ComponentChild][]} */
  const lines = [
    ["scores", <Cells texts={scores} maxCells={maxScores} />],
    ["highest", highestText(row)],
    [
      "rescale",
      first
        ? t("flash.row.rescale.first")
        : t("flash.row.rescale.next", {
            before: short(before),
            highest: subtrahend(highest),
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
    <Panel kind="flash-query" title={t("flash.row", { query: row.query + 1 })}>
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
