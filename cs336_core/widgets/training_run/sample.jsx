// The text, and how the model of a checkpoint goes on.

import { useEffect, useState } from "preact/hooks";
import { nextToken, randomNumbers } from "../../browser/model/transformer/sampling.js";
import { t } from "../../ui/strings.js";

/** Tokens that the model adds, and how adventurous it is. */
const ADDED = 24;
const TEMPERATURE = 0.7;
const SEED = 336;
const decoder = new TextDecoder();

/**
 * @param {{ live: import("../../ui/live_model/use_model.js").Live, ids: readonly number[], text: string }} props
 */
export function Sample({ live, ids, text }) {
  const [added, setAdded] = useState("");
  const key = ids.join(" ");
  useEffect(() => {
    const random = randomNumbers(SEED);
    const all = [...ids];
    /** @type {number[]} */
    const bytes = [];
    setAdded("");
    const write = () => {
      const id = nextToken(live.model, all, TEMPERATURE, random);
      all.push(id);
      bytes.push(...(live.tokenizer.vocab[id] ?? []));
      setAdded(decoder.decode(Uint8Array.from(bytes)));
      if (all.length < ids.length + ADDED) timer = setTimeout(write);
    };
    let timer = setTimeout(write, 100); // after the figure has been drawn
    return () => clearTimeout(timer);
  }, [live, key]);
  return (
    <div>
      <p class="cs336-quiet">{t("run.sample")}</p>
      <p class="cs336-run-sample">
        <span>{text}</span>
        <mark>{added}</mark>
      </p>
    </div>
  );
}
