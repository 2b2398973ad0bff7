// The split: bars of FLOPs and of parameters, the parts with their numbers, and the products of a part.

import { byGroup, fractionOf } from "../../browser/accounting/count.js";
import { percent } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { worded } from "../../ui/quantities.js";
import { t } from "../../ui/strings.js";
import { Letters } from "./letters.jsx";
import { flopsText, formulaOf, lettersOf, operationText } from "./text.js";

/** @typedef {import("../../browser/accounting/count.js").Row} Row */
/** @typedef {import("../../browser/accounting/operations.js").Group} Group */
/** @typedef {import("./state.js").State} State */
/** @typedef {Record<Group | "all", bigint>} Sums */

/** In the order of the bars, where the two parts of attention are neighbors. @type {readonly Group[]} */
const ORDER = ["projections", "scores", "mlp", "head", "other"];

/** The name of a group. @param {Group} group @param {boolean} experts */
export const nameOf = (group, experts) =>
  t(`flops.group.${group === "mlp" && experts ? "experts" : group}`);

/**
 * A bar that is split into the groups.
 * @param {{ sums: Sums, name: string, now: Group, experts: boolean, point: (group: Group | undefined) => void, choose: (group: Group) => void }} props
 */
function SplitBar({ sums, name, now, experts, point, choose }) {
  const fractions = ORDER.map(
    (group) => /** @type {const} */ ([group, fractionOf(sums[group], sums.all)]),
  );
  const description = fractions
    .map(([group, fraction]) => `${nameOf(group, experts)} ${percent(fraction)}`)
    .join(", ");
  return (
    <div
      class="cs336-flops-bar"
      role="img"
      aria-label={`${name}: ${description}`}
      onPointerLeave={() => point(undefined)}
    >
      {fractions.map(([group, fraction]) => (
        <span
          key={group}
          class={`cs336-flops-${group}`}
          data-now={group === now || undefined}
          style={{ width: `${(100 * fraction).toFixed(3)}%` }}
          onPointerEnter={(event) => event.pointerType === "mouse" && point(group)}
          onClick={() => choose(group)}
        />
      ))}
    </div>
  );
}

/**
 * @param {{ state: State, rows: readonly Row[], experts: boolean, now: Group, point: (group: Group | undefined) => void,
 *   choose: (group: Group) => void }} props `now`: the group that is shown below
 */
export function Split({ state, rows, experts, now, point, choose }) {
  const { unit } = state;
  const sums = byGroup(rows);
  const attention = percent(fractionOf(sums.projections + sums.scores, sums.all));
  const tokens = state.phase === "decode" ? 1 : state.seq_len;
  const common = { now, experts, point, choose };
  return (
    <div class="cs336-flops-split">
      <div class="cs336-flops-halves">
        <p class="cs336-flops-half cs336-flops-half-attention">
          <span>{t("flops.attention")}</span> <b class="cs336-figure-number">{attention}</b>
        </p>
        <p class="cs336-flops-half cs336-flops-half-mlp">
          <span>{t(experts ? "flops.experts" : "flops.mlp")}</span>{" "}
          <b class="cs336-figure-number">{percent(fractionOf(sums.mlp, sums.all))}</b>
        </p>
        <p class="cs336-flops-half cs336-flops-half-all">
          <span>
            {tokens === 1
              ? t("flops.total")
              : t("flops.per_token", { flops: flopsText(Number(sums.all) / tokens, unit) })}
          </span>{" "}
          <b class="cs336-figure-number">{flopsText(sums.all, unit)}</b>
        </p>
      </div>
      <SplitBar
        sums={sums}
        name={t("flops.bar.flops", { unit: t(`flops.unit.${unit}`) })}
        {...common}
      />
      <ul class="cs336-flops-parts" role="list" aria-label={t("flops.parts")}>
        {ORDER.map((group) => {
          const isLeftOut = group === "head" && !state.head;
          return (
            <li key={group}>
              <button
                type="button"
                aria-pressed={group === state.part}
                data-now={group === now || undefined}
                onClick={() => choose(group)}
                onFocus={() => point(group)}
                onBlur={() => point(undefined)}
                onPointerEnter={(event) => event.pointerType === "mouse" && point(group)}
                onPointerLeave={() => point(undefined)}
              >
                <span class={`cs336-flops-key cs336-flops-${group}`} aria-hidden="true" />
                <span class="cs336-flops-name">{nameOf(group, experts)}</span>{" "}
                <b>
                  {isLeftOut ? t("flops.group.none") : percent(fractionOf(sums[group], sums.all))}
                </b>{" "}
                <span class="cs336-flops-amount">
                  {isLeftOut ? "" : flopsText(sums[group], unit)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/**
 * Where the parameters are, for comparison with the FLOPs.
 * @param {{ rows: readonly Row[], experts: boolean, now: Group, point: (group: Group | undefined) => void,
 *   choose: (group: Group) => void }} props
 */
export function ParameterBar({ rows, ...common }) {
  const params = byGroup(rows, "params");
  return (
    <div class="cs336-flops-params">
      <p class="cs336-flops-bar-name">
        <span>{t("flops.bar.params")}</span>{" "}
        <span>{t("flops.params", { n: worded(Number(params.all)) })}</span>
      </p>
      <SplitBar sums={params} name={t("flops.bar.params")} {...common} />
    </div>
  );
}

/**
 * The products of a part: in letters, in numbers, and the FLOPs.
 * @param {{ state: State, rows: readonly Row[], group: Group, experts: boolean }} props
 */
export function Formula({ state, rows, group, experts }) {
  const sums = byGroup(rows);
  const groupRows = rows.filter((row) => row.group === group);
  const values = {
    part: nameOf(group, experts),
    flops: flopsText(sums[group], state.unit),
    percent: percent(fractionOf(sums[group], sums.all)),
  };
  const letters = lettersOf(groupRows);
  return (
    <Panel kind="flops-formula" title={t("flops.formula", values)}>
      <p class="cs336-quiet">
        {t(`flops.group.${group === "mlp" && experts ? "experts" : group}.what`)}
      </p>
      <ul role="list">
        {groupRows.map((row) => {
          const formula = formulaOf(row);
          return (
            <li key={row.operation}>
              <span class="cs336-flops-operation">{operationText(row.operation)}</span>
              <b>{flopsText(row.flops, state.unit)}</b>
              {formula ? (
                <>
                  <span class="cs336-flops-letters">
                    <Letters text={formula.letters} />
                  </span>
                  <span class="cs336-flops-numbers">= {formula.numbers}</span>
                </>
              ) : (
                <span class="cs336-flops-numbers">
                  {t(row.flops ? "flops.formula.elementwise" : "flops.formula.lookup")}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {letters.length > 0 && (
        <p class="cs336-flops-key-letters">
          {letters.map(([letter, what]) => (
            <span key={letter}>
              <i>
                <Letters text={letter} />
              </i>{" "}
              {what}
            </span>
          ))}
        </p>
      )}
    </Panel>
  );
}
