// Parameters and memory beside the FLOPs, and every row as a table.

import { byGroup, fractionOf } from "../../browser/accounting/count.js";
import { kvCacheBytes } from "../../browser/accounting/memory.js";
import { countParameters } from "../../browser/accounting/parameters.js";
import { percent } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { worded } from "../../ui/quantities.js";
import { formatNumber, t } from "../../ui/strings.js";
import { Letters } from "./letters.jsx";
import { nameOf } from "./parts.jsx";
import { bytesText, formulaOf, operationText } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/accounting/count.js").Row} Row */

/** @param {{ state: State, config: import("../../browser/accounting/config.js").GivenConfig }} props */
export function Sizes({ state, config }) {
  const { total, active } = countParameters(config);
  const tokens = state.seq_len + (state.phase === "decode" ? 1 : 0);
  const entries = [
    [t("flops.sizes.total"), worded(Number(total))],
    ...(active === total ? [] : [[t("flops.sizes.active"), worded(Number(active))]]),
    [t("flops.sizes.weights"), bytesText(2n * total)],
    [t("flops.sizes.cache", { n: formatNumber(tokens) }), bytesText(kvCacheBytes(config, tokens))],
    [t("flops.sizes.cache.token"), bytesText(kvCacheBytes(config, 1))],
  ];
  return (
    <Panel kind="flops-sizes" title={t("flops.sizes")}>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** @param {{ state: State, rows: readonly Row[], experts: boolean }} props */
export function Table({ state, rows, experts }) {
  const sums = byGroup(rows);
  const params = byGroup(rows, "params");
  const unit = t(`flops.unit.${state.unit}`);
  return (
    <div
      class="cs336-flops-scroll cs336-scrolls"
      tabIndex={0}
      role="group"
      aria-label={t("flops.table.name", { unit })}
    >
      <table>
        <thead>
          <tr>
            {[
              t("flops.table.part"),
              t("flops.table.operation"),
              t("flops.table.product"),
              unit,
              t("flops.table.share"),
              t("flops.table.params"),
            ].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.operation}>
              <td>
                <span class={`cs336-flops-key cs336-flops-${row.group}`} aria-hidden="true" />{" "}
                {nameOf(row.group, experts)}
              </td>
              <th scope="row">{operationText(row.operation)}</th>
              <td>
                <Letters text={formulaOf(row)?.letters ?? "–"} />
              </td>
              <td>{formatNumber(row.flops)}</td>
              <td>{percent(fractionOf(row.flops, sums.all))}</td>
              <td>{formatNumber(row.params)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              {t("flops.table.sum")}
            </th>
            <td>{formatNumber(sums.all)}</td>
            <td>{percent(fractionOf(sums.all, sums.all))}</td>
            <td>{formatNumber(params.all)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
