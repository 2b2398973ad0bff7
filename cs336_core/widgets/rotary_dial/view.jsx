// A query and a key of one head: each pair of entries is a point that rotates as the position changes.

import { useMemo, useRef, useState } from "preact/hooks";
import { pairsOf, scoresOver, sum } from "../../browser/model/rotary.js";
import { DistanceCurve } from "./curve.jsx";
import { Dial } from "./dial.jsx";
import { jsonText, pictureSVG, scoreRows } from "./export.js";
import { Theta, Vectors } from "./settings.jsx";
import { scaleOf } from "./shapes.js";
import { apartBy, bounded, schema, shifted } from "./state.js";
import "./strings.en.js";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { decimal } from "../../ui/numbers.js";
import { useSettings } from "../../ui/settings.js";
import { Slider } from "../../ui/slider.jsx";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { Transport } from "../../ui/transport.jsx";
import { defineView } from "../../ui/view.jsx";
import { describe, sumText } from "./text.js";
import { readVectors } from "./vectors.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./state.js").State} State */

/** Milliseconds per position while playing: as long as a dial takes to turn (style.css). */
const REST = 300;

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function RotaryDial(props) {
  const state = bounded(props.state);
  const { query_position: queryPosition, key_position: keyPosition, theta, positions } = state;
  const { query, key, problem } = useMemo(
    () => readVectors(state.query, state.key_vector),
    [state.query, state.key_vector],
  );
  const pairs = useMemo(
    () => pairsOf(query, key, queryPosition, keyPosition, theta),
    [query, key, queryPosition, keyPosition, theta],
  );
  const scores = useMemo(
    () => scoresOver(query, key, theta, positions - 1),
    [query, key, theta, positions],
  );
  const settings = useSettings(props);
  const { message, announce } = settings;
  // A step of one position is animated as a turn; a jump is not.
  const [isAnimated, setAnimated] = useState(false);
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  /** @param {Partial<State>} changes @param {string} [sentence] */
  const change = (changes, sentence = "") => {
    const moves = [
      (changes.query_position ?? queryPosition) - queryPosition,
      (changes.key_position ?? keyPosition) - keyPosition,
    ];
    setAnimated(moves.every((by) => Math.abs(by) <= 1));
    settings.change(changes);
    announce(sentence);
  };
  const dots = pairs.map(({ product }) => product);
  const score = decimal(sum(dots), 2);
  const sentence = describe(dots, queryPosition, keyPosition);
  const distance = queryPosition - keyPosition;
  /** @param {number} to */
  const shift = (to) => {
    const moved = shifted(state, to);
    change(
      moved,
      `${describe(dots, moved.query_position, moved.key_position)} ${t("rotary.shifted")}`,
    );
  };
  const files = {
    json: () => jsonText(state, pairs, scores),
    csv: () => toCSV(scoreRows(scores)),
    svg: () =>
      pictureSVG(
        pairs,
        scores,
        distance,
        sentence,
        colorsOf(/** @type {HTMLElement} */ (root.current)),
      ),
  };
  return (
    <div
      ref={root}
      class={`cs336-rotary${isAnimated ? " cs336-rotary-turns" : ""}`}
      role="group"
      aria-label={t("rotary.title")}
    >
      {problem ? (
        <p class="cs336-error">{problem}</p>
      ) : (
        <>
          <ol class="cs336-rotary-dials">
            {pairs.map((pair, i) => (
              <Dial key={i} pair={pair} number={i + 1} scale={scaleOf(pairs)} />
            ))}
          </ol>
          <p class="cs336-rotary-legend cs336-quiet">
            <span class="cs336-rotary-is-query">{t("rotary.legend.query")}</span>
            <span class="cs336-rotary-is-key">{t("rotary.legend.key")}</span>
            <span>{t("rotary.legend.before")}</span>
          </p>
          <p class="cs336-rotary-score">
            <span>{t("rotary.score")}</span>
            <span class="cs336-quiet">{dots.length > 1 && `${sumText(dots)} =`}</span>
            <span class="cs336-figure-number">{score}</span>
          </p>
        </>
      )}
      <Transport
        name={t("rotary.both")}
        step={Math.min(queryPosition, keyPosition)}
        last={positions - 1 - Math.abs(distance)}
        valueText={sentence}
        go={shift}
        rest={REST}
      />
      <div class="cs336-rotary-controls">
        <Slider
          name={t("rotary.query.position")}
          value={queryPosition}
          min={0}
          max={positions - 1}
          valueText={sentence}
          set={(to) => change({ query_position: to })}
        />
        <Slider
          name={t("rotary.key.position")}
          value={keyPosition}
          min={0}
          max={positions - 1}
          valueText={sentence}
          set={(to) => change({ key_position: to })}
        />
      </div>
      <p class="cs336-rotary-status" role="status">
        {message || (problem ? "" : sentence)}
      </p>
      <p class="cs336-quiet">{t("rotary.try")}</p>
      {!problem && (
        <DistanceCurve
          scores={scores}
          distance={distance}
          pick={(to) => change(apartBy(state, to))}
        />
      )}
      <Theta theta={theta} set={change} />
      <Vectors state={state} published={props.published} set={change} />
      <Toolbar name="rotary" page={props.page} reset={settings.reset} files={files} />
    </div>
  );
}

export default defineView({ Component: RotaryDial, schema });
