// Buttons that select the head with the most weight on something, as measured on the sentence.

import { percent } from "../../ui/numbers.js";
import { t } from "../../ui/strings.js";

/**
 * @param {{ found: import("./use_heads.js").Heads["found"], target: string,
 *   find: (target: import("./state.js").Target) => void }} props `target`: the one whose head is shown
 */
export function Finder({ found, target, find }) {
  return (
    <div class="cs336-heads-finder" role="group" aria-label={t("heads.find")}>
      <span aria-hidden="true">{t("heads.find")}</span>
      {found.map(([name, head]) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === target}
          aria-disabled={!head}
          onClick={() => head && find(name)}
        >
          {t(`heads.target.${name}`)}
          <span class="cs336-quiet">{head ? percent(head.share, 0) : "–"}</span>
        </button>
      ))}
    </div>
  );
}
