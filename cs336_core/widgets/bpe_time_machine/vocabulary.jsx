// The vocabulary as it grows, the newest token first.

import { Component } from "preact";
import { useState } from "preact/hooks";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { Chip, chipHandlers } from "./token_rows.jsx";

/** The newest tokens are listed, until the reader requests all. */
const LISTED = 8;

/** @typedef {{ id: number, pair: import("../../browser/tokenization/pair_counter.js").Pair, vocab: readonly Uint8Array[], now: boolean, clickable: boolean }} RowProps */

/**
 * A token and its halves. Rendered again only when it stops being the newest.
 * @extends {Component<RowProps>}
 */
class Row extends Component {
  /** @param {Readonly<RowProps>} next */
  shouldComponentUpdate(next) {
    return next.now !== this.props.now || next.vocab !== this.props.vocab;
  }
  render() {
    const { id, pair, vocab, now, clickable } = this.props;
    const bytes = (/** @type {number} */ token) => vocab[token] ?? new Uint8Array();
    return (
      <li class={now ? "cs336-now" : undefined}>
        <Chip id={id} bytes={bytes(id)} vocab={vocab} clickable={clickable} />
        <span aria-hidden="true">=</span>
        {pair.map((half, side) => (
          <Chip
            key={side}
            id={half}
            bytes={bytes(half)}
            vocab={vocab}
            clickable={clickable}
            plain
          />
        ))}
      </li>
    );
  }
}

/** @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, step: number, choose?: ((id: number) => void) | undefined }} props */
export function Vocabulary({ run: { merges, vocab }, step, choose }) {
  const [all, showAll] = useState(false);
  const listed = all ? step : Math.min(step, LISTED);
  const title = t("machine.vocab", { n: 256 + step });
  return (
    <Panel kind="machine-vocabulary" title={title}>
      <ol
        class="cs336-scrolls"
        tabIndex={0}
        aria-label={title}
        {...(choose && chipHandlers(choose))}
      >
        {Array.from({ length: listed }, (_, i) => {
          const id = 255 + step - i;
          return (
            <Row
              key={id}
              id={id}
              pair={
                /** @type {import("../../browser/tokenization/pair_counter.js").Pair} */ (
                  merges[id - 256]
                )
              }
              vocab={vocab}
              now={i === 0}
              clickable={choose !== undefined}
            />
          );
        })}
        {step > listed && (
          <li key="more">
            <button type="button" onClick={() => showAll(true)}>
              {t("machine.vocab.all", { n: step - listed })}
            </button>
          </li>
        )}
        <li key="bytes" class="cs336-quiet">
          <span class="cs336-machine-range">0–255</span> {t("machine.vocab.bytes")}
        </li>
      </ol>
    </Panel>
  );
}
