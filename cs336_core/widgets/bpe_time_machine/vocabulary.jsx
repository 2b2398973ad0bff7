// The vocabulary as it grows, the newest token first.

import { Component } from "preact";
import { useState } from "preact/hooks";
import { Panel } from "../../ui/panel.jsx";
import { t } from "../../ui/strings.js";
import { Chip, chipOf, rove } from "./token_rows.jsx";

/** Tokens that are listed, unless all are asked for. */
const LISTED = 8;

/** @typedef {{ id: number, pair: import("../bpe_stepper/bpe.js").Pair, vocab: readonly Uint8Array[], now: boolean }} RowProps */

/**
 * A token and its halves. Drawn again only where it stops being the newest.
 * @extends {Component<RowProps>}
 */
class Row extends Component {
  /** @param {Readonly<RowProps>} next */
  shouldComponentUpdate(next) {
    return next.now !== this.props.now || next.vocab !== this.props.vocab;
  }
  render() {
    const { id, pair, vocab, now } = this.props;
    return (
      <li class={now ? "cs336-now" : undefined}>
        <Chip id={id} bytes={vocab[id] ?? new Uint8Array()} vocab={vocab} />
        <span aria-hidden="true">=</span>
        {pair.map((half, side) => (
          <Chip key={side} id={half} bytes={vocab[half] ?? new Uint8Array()} vocab={vocab} plain />
        ))}
      </li>
    );
  }
}

/** @param {{ run: import("../../browser/tokenization/bpe_training.js").Run, step: number, choose: (id: number) => void }} props */
export function Vocabulary({ run: { merges, vocab }, step, choose }) {
  const [all, showAll] = useState(false);
  const listed = all ? step : Math.min(step, LISTED);
  const title = t("bpe.vocab", { n: 256 + step });
  return (
    <Panel kind="machine-vocabulary" title={title}>
      <ol
        tabIndex={0}
        aria-label={title}
        onKeyDown={rove}
        onClick={(event) => {
          const id = chipOf(event);
          if (id !== undefined) choose(id);
        }}
      >
        {Array.from({ length: listed }, (_, i) => {
          const id = 255 + step - i;
          return (
            <Row
              key={id}
              id={id}
              pair={/** @type {import("../bpe_stepper/bpe.js").Pair} */ (merges[id - 256])}
              vocab={vocab}
              now={i === 0}
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
          <span class="cs336-machine-range">0–255</span> {t("bpe.vocab.bytes")}
        </li>
      </ol>
    </Panel>
  );
}
