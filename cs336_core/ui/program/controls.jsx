// The buttons that run a program, step through it and stop it.

import { Icon } from "../icons.jsx";
import { t } from "../strings.js";
import "./strings.en.js";

/** @param {{ isBusy: boolean, start: (traced: boolean) => void, stop: () => void }} props */
export function Controls({ isBusy, start, stop }) {
  return (
    <div class="cs336-python-controls">
      <button
        type="button"
        class="cs336-play"
        title={t("program.run.title")}
        aria-disabled={isBusy}
        onClick={() => start(false)}
      >
        <Icon name="play" /> {t("program.run")}
      </button>
      <button
        type="button"
        title={t("program.trace.title")}
        aria-disabled={isBusy}
        onClick={() => start(true)}
      >
        <Icon name="steps" /> {t("program.trace")}
      </button>
      <button type="button" aria-disabled={!isBusy} onClick={stop}>
        <Icon name="stop" /> {t("program.stop")}
      </button>
    </div>
  );
}
