import { useLayoutEffect, useState } from "preact/hooks";
import { Icon } from "./icons.jsx";
import { useUniqueId } from "./id.js";
import { NumberBox } from "./number_box.jsx";
import { t } from "./strings.js";

/** Default milliseconds per step while playing. */
const REST = 1100;

/**
 * Moves through the steps 0 to `last`: slider, number box, buttons, play and pause.
 * @param {{ name: string, step: number, last: number, told: string, go: (step: number) => void,
 *   from?: number, rest?: number, children?: import("preact").ComponentChildren }} props
 *   `told`: the step in words, for those who do not see it; `from`: the number that step 0 has for the
 *   reader: 1 where things are counted, 0 where nothing is done yet; `children`: further buttons
 */
export function Transport({ name, step, last, told, go, from = 0, rest = REST, children }) {
  const [playing, setPlaying] = useState(false);
  const id = useUniqueId();
  const atEnd = step >= last;

  // Not `useEffect`, which waits for a frame: a step that is due before it would undo what was
  // entered.
  useLayoutEffect(() => {
    if (!playing) return undefined;
    if (atEnd) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => go(step + 1), rest);
    return () => clearTimeout(timer);
  }, [playing, step, atEnd]);

  /** @param {number} to */
  const stop = (to) => {
    const within = Math.min(last, Math.max(0, to));
    setPlaying(false);
    go(within);
  };
  /** @param {string} icon @param {number} to @param {boolean} off */
  const button = (icon, to, off) => (
    <button
      type="button"
      aria-label={t(`control.${icon}`)}
      title={t(`control.${icon}`)}
      aria-disabled={off}
      onClick={() => off || stop(to)}
    >
      <Icon name={icon} />
    </button>
  );
  const play = playing ? "pause" : "play";
  return (
    <div class="cs336-transport" role="group" aria-label={name}>
      <div class="cs336-buttons">
        {button("first", 0, step <= 0)}
        {button("back", step - 1, step <= 0)}
        <button
          type="button"
          class="cs336-play"
          aria-label={t(`control.${play}`)}
          title={t(`control.${play}`)}
          onClick={() => {
            if (!playing && atEnd) go(0);
            setPlaying(!playing);
          }}
        >
          <Icon name={play} />
        </button>
        {button("forward", step + 1, atEnd)}
        {button("last", last, atEnd)}
        {children}
      </div>
      <input
        type="range"
        min={from}
        max={last + from}
        step="1"
        value={step + from}
        aria-label={name}
        aria-valuetext={told}
        onInput={(event) => stop(event.currentTarget.valueAsNumber - from)}
      />
      <span class="cs336-number">
        <label for={id}>{name}</label>
        <NumberBox
          id={id}
          name={name}
          value={step + from}
          least={from}
          most={last + from}
          set={(to) => stop(to - from)}
        />
        <span>{t("control.of", { n: last + from })}</span>
      </span>
    </div>
  );
}
