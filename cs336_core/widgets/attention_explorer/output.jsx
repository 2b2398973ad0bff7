// One row: its attention weights, and the values that they mix into its output.

import { Component } from "preact";
import { useMemo } from "preact/hooks";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { labelOf, number } from "./text.js";

/** Letters of a column's name that always fit. */
const NAME = 9;

/**
 * Cells with numbers. Rendered again only for other numbers: a step does not change the values.
 * @extends {Component<{ numbers: readonly number[] }>}
 */
class Numbers extends Component {
  /** @param {Readonly<{ numbers: readonly number[] }>} next */
  shouldComponentUpdate({ numbers }) {
    return numbers !== this.props.numbers;
  }
  render() {
    return this.props.numbers.map((value, i) => <td key={i}>{number(value)}</td>);
  }
}

/**
 * @param {{ state: import("./state.js").State, attention: import("../../browser/model/attention.js").Attention, row: number, column: number }} props
 */
export function Output({ state, attention, row, column }) {
  const { tokens, features, head } = state;
  const values = state.v[head] ?? [];
  const weights = attention.weights[row] ?? [];
  const allowed = attention.allowed[row] ?? [];
  const output = attention.outputs[row] ?? [];
  const names = output.map((_, i) => features[i] ?? String(i + 1));
  const longest = useMemo(
    () =>
      Math.max(
        ...names.map((name) => Math.min(NAME, name.length)),
        ...values.flat().map((value) => number(value).length),
      ),
    [values, features],
  );
  return (
    <Panel
      kind="attention-output"
      title={t("attention.output", { query: labelOf(tokens[row] ?? "") })}
    >
      <p class="cs336-quiet">
        {t(allowed.some(Boolean) ? "attention.output.how" : "attention.output.nothing")}
      </p>
      <div
        class="cs336-attention-scroll cs336-scrolls"
        tabIndex={0}
        role="group"
        aria-label={t("attention.output.table")}
      >
        <table style={{ "--d": output.length, "--longest": longest }}>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {t("attention.output.token")}
              </th>
              <th scope="col" rowSpan={2}>
                {t("attention.output.weight")}
              </th>
              <th scope="colgroup" colSpan={output.length}>
                {t("attention.output.value")}
              </th>
            </tr>
            <tr>
              {names.map((name, i) => (
                <th key={i} scope="col" title={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tokens.map((token, i) => (
              <tr
                key={i}
                data-now={i === column || undefined}
                data-masked={!allowed[i] || undefined}
              >
                <th scope="row">
                  <bdi>{labelOf(token)}</bdi>
                </th>
                <td>
                  <span
                    class="cs336-attention-weight"
                    aria-hidden="true"
                    style={{ "--fraction": (weights[i] ?? 0).toFixed(3) }}
                  />
                  {number(weights[i] ?? 0)}
                </td>
                <Numbers numbers={values[i] ?? []} />
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t("attention.output.sum")}
              </th>
              <Numbers numbers={output} />
            </tr>
          </tfoot>
        </table>
      </div>
    </Panel>
  );
}
