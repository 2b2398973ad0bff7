// The queries of a tile: the running maximum and sum of each, and one of them worked out.

import { Panel } from "../ui/panel.jsx";
import { t } from "../ui/strings.js";
import { resultOf } from "./steps.js";
import { rescales, short, vector } from "./words.js";

/** @typedef {import("./steps.js").RowStep} RowStep */

/**
 * @param {{ rows: readonly RowStep[], row: number, choose: (row: number) => void }} props `row`: the one
 *   that is worked out
 */
export function Rows({ rows, row, choose }) {
  if (rows.length === 0) return <Panel kind="flash-rows" title={t("flash.rows")}><p class="cs336-quiet">{t("flash.rows.none")}</p></Panel>;
  return (
    <Panel kind="flash-rows" title={t("flash.rows")}>
      <table>
        <thead>
          <tr>{["query", "highest", "kept", "total"].map((name) => <th key={name} scope="col">{t(`flash.rows.${name}`)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((each, i) => (
            <tr key={each.query} class={i === row ? "cs336-now" : undefined}>
              <td><button type="button" aria-pressed={i === row} onClick={() => choose(i)}>{each.query}</button></td>
              <td>{short(each.highest)}</td>
              <td class={rescales(each) ? "cs336-flash-rescaled" : undefined}>{each.before === -Infinity ? t("flash.rows.kept.none") : short(each.kept)}</td>
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
  return t("flash.row.highest.next", { before: short(before), here: short(here), highest: short(highest) });
}

/** @param {{ row: RowStep }} props */
export function RowPanel({ row }) {
  const { before, kept, highest, shares, output, outputBefore } = row;
  const first = before === -Infinity;
  const here = output.map((sum, i) => sum - kept * (outputBefore[i] ?? 0));
  const sum = shares.reduce((total, share) => total + share, 0);
  /** @type {[name: string, told: string][]} */
  const lines = [
    ["scores", row.scores.map((score) => (score === -Infinity ? t("flash.masked") : short(score))).join(", ")],
    ["highest", highestText(row)],
    ["kept", first ? t("flash.row.kept.first") : t("flash.row.kept.next", { before: short(before), highest: taken(highest), kept: short(kept) })],
    ["total", first ? short(sum) : t("flash.row.sum", { kept: short(kept), before: short(row.totalBefore), here: short(sum), after: short(row.total) })],
    ["output", first ? vector(output) : t("flash.row.sum", { kept: short(kept), before: vector(outputBefore), here: vector(here), after: vector(output) })],
    ["result", vector(resultOf(row))],
  ];
  return (
    <Panel kind="flash-worked" title={t("flash.row", { query: row.query })}>
      <dl>
        {lines.map(([name, told]) => (
          <div key={name}>
            <dt>{t(`flash.row.${name}`)}</dt>
            <dd>{told}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
