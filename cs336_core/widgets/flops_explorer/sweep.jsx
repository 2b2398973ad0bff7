// The sequence length: a logarithmic slider, a number box, and a button that plays through the lengths.

import { useLayoutEffect } from "preact/hooks";
import { Icon } from "../../ui/icons.jsx";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { nearestStop } from "../../ui/stops.js";
import { formatNumber, t } from "../../ui/strings.js";
import { LENGTHS } from "./curves.js";
import { schema } from "./state.js";

/** Milliseconds per length while playing. */
const REST = 160;

/**
 * @param {{ name: string, length: number, set: (length: number) => void, playing: boolean, play: (playing: boolean) => void }} props
 */
export function Sweep({ name, length, set, playing, play }) {
  const [longest, shortest] = [LENGTHS.at(-1) ?? 1, LENGTHS[0] ?? 1];
  // As in transport.jsx: a step that is due before the next frame would undo what was entered.
  useLayoutEffect(() => {
    if (!playing) return undefined;
    if (length >= longest) {
      play(false);
      return undefined;
    }
    const timer = setTimeout(() => set(LENGTHS[nearestStop(LENGTHS, length) + 1] ?? longest), REST);
    return () => clearTimeout(timer);
  }, [playing, length]);
  const label = t(playing ? "control.pause" : "control.play");
  return (
    <div class="cs336-flops-sweep" role="group" aria-label={name}>
      <button
        type="button"
        class="cs336-play"
        aria-label={label}
        title={label}
        onClick={() => {
          if (!playing && length >= longest) set(shortest);
          play(!playing);
        }}
      >
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <StopSlider
        name={name}
        value={length}
        stops={LENGTHS}
        valueText={t("flops.length.summary", { n: formatNumber(length) })}
        min={1}
        max={schema.seq_len.max}
        set={(to) => {
          play(false);
          set(to);
        }}
      />
    </div>
  );
}
