// The buttons that run a program, step through it and stop it.

import { Icon } from "../../ui/icons.jsx";
import { t } from "../../ui/strings.js";

/** @param {{ isBusy: boolean, start: (traced: boolean) => void, stop: () => void }} props */
export function Controls({ isBusy, start, stop }) {
  return (
    <div class="cs336-python-controls">
      <button
        type="button"
        class="cs336-play"
        title={t("py.run.title")}
        aria-disabled={isBusy}
        onClick={() => start(false)}
      >
        <Icon name="play" /> {t("py.run")}
      </button>
      <button
        type="button"
        title={t("py.trace.title")}
        aria-disabled={isBusy}
        onClick={() => start(true)}
      >
        <Icon name="steps" /> {t("py.trace")}
      </button>
      <button type="button" aria-disabled={!isBusy} onClick={stop}>
        <Icon name="stop" /> {t("py.stop")}
      </button>
    </div>
  );
}
