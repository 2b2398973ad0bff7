// One cell: the entries of its query and its key, their products, and the steps to its weight.

import { exponentialsOf, highestOf, productsOf, sum } from "../../browser/model/attention.js";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { labelOf, number, whyMasked } from "./text.js";

/**
 * @param {{ state: import("./state.js").State, attention: import("../../browser/model/attention.js").Attention, row: number, column: number }} props
 */
export function Score({ state, attention, row, column }) {
  const { tokens, features, head, scaled, temperature } = state;
  const query = state.q[head]?.[row] ?? [];
  const key = state.k[head]?.[column] ?? [];
  const d = query.length;
  const products = productsOf(query, key);
  const largest = Math.max(...products.map(Math.abs)) || 1;
  const scores = attention.scores[row] ?? [];
  const allowed = attention.allowed[row] ?? [];
  const exponentials = exponentialsOf(scores, allowed);
  const score = number(scores[column] ?? 0);
  const isAllowed = allowed[column] ?? false;
  const hasKeys = allowed.some(Boolean);
  const divided = scaled
    ? t("attention.score.scaled", { d, root: number(Math.sqrt(d)) })
    : t("attention.score.unscaled", { d });
  const cooled = temperature === 1 ? "" : ` ${t("attention.score.temperature", { temperature })}`;
  /** @type {[shown: string, what: string][]} */
  const steps = [
    [score, divided + cooled],
    isAllowed
      ? [score, t("attention.score.mask")]
      : ["−∞", `${t("attention.score.mask")}: ${whyMasked(tokens, row, column, state)}`],
    [
      number(exponentials[column] ?? 0),
      hasKeys
        ? t("attention.score.power", { highest: number(highestOf(scores, allowed)) })
        : t("attention.score.power.none"),
    ],
    [
      number(attention.weights[row]?.[column] ?? 0),
      hasKeys
        ? t("attention.score.weight", { total: number(sum(exponentials)) })
        : t("attention.score.weight.none"),
    ],
  ];
  return (
    <Panel
      kind="attention-score"
      title={t("attention.score", {
        query: labelOf(tokens[row] ?? ""),
        key: labelOf(tokens[column] ?? ""),
      })}
    >
      <table>
        <thead>
          <tr>
            {["number", "query", "key", "product"].map((name) => (
              <th key={name} scope="col">
                {t(`attention.score.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {products.map((product, i) => (
            <tr key={i}>
              <th scope="row">{features[i] ?? i + 1}</th>
              <td>{number(query[i] ?? 0)}</td>
              <td>× {number(key[i] ?? 0)}</td>
              <td>
                <span
                  class="cs336-attention-product"
                  aria-hidden="true"
                  data-below={product < 0 || undefined}
                  style={{ "--fraction": (Math.abs(product) / largest).toFixed(3) }}
                />
                <span>= {number(product)}</span>
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              {t("attention.score.sum")}
            </th>
            <td>{number(attention.products[row]?.[column] ?? 0)}</td>
          </tr>
        </tfoot>
      </table>
      <ol class="cs336-attention-steps">
        {steps.map(([shown, what], i) => (
          <li key={i}>
            <span>{shown}</span> <span>{what}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
