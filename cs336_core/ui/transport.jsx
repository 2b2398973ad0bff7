import { useLayoutEffect, useState } from "preact/hooks";
import { Icon } from "./icons.jsx";
import { useUniqueId } from "./id.js";
import { NumberBox } from "./number_box.jsx";
import { within } from "./state.js";
import { formatNumber, t } from "./strings.js";

/** Default milliseconds per step while playing. */
const REST = 1100;

/**
 * Moves through the steps 0 to `last`: slider, number box, buttons, play and pause.
 * @param {{ name: string, step: number, last: number, valueText: string, go: (step: number) => void,
 *   from?: number, rest?: number, children?: import("preact").ComponentChildren }} props
 *   `valueText`: the step in words, for screen readers; `from`: the number shown for step 0: 1 if the
 *   steps are items, 0 if they are actions done so far; `rest`: milliseconds per step while playing;
 *   `children`: further buttons
 */
export function Transport({ name, step, last, valueText, go, from = 0, rest = REST, children }) {
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
  const stopAt = (to) => {
    setPlaying(false);
    go(within(to, 0, last));
  };
  /** @param {string} icon @param {number} to @param {boolean} disabled */
  const button = (icon, to, disabled) => (
    <button
      type="button"
      aria-label={t(`control.${icon}`)}
      title={t(`control.${icon}`)}
      aria-disabled={disabled}
      onClick={() => disabled || stopAt(to)}
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
        aria-valuetext={valueText}
        onInput={(event) => stopAt(event.currentTarget.valueAsNumber - from)}
      />
      <span class="cs336-number">
        <label for={id}>{name}</label>
        <NumberBox
          id={id}
          name={name}
          value={step + from}
          min={from}
          max={last + from}
          set={(to) => stopAt(to - from)}
        />
        <span>{t("control.of", { n: formatNumber(last + from) })}</span>
      </span>
    </div>
  );
}
