// The published models, by family, and the ladder of sizes.

import models from "../../model/data/models.json" with { type: "json" };

/** @typedef {import("../../browser/accounting/config.js").GivenConfig} GivenConfig */

/** The prefix of a preset's name, and its family. @type {[start: string, family: string][]} */
const FAMILIES = [
  ["gpt2", "GPT-2"],
  ["gpt3", "GPT-3"],
  ["opt", "OPT"],
  ["llama", "Llama"],
  ["mistral", "Mistral"],
  ["mixtral", "Mistral"],
  ["qwen", "Qwen"],
  ["gemma", "Gemma"],
  ["baichuan", "Baichuan 2"],
  ["deepseek", "DeepSeek"],
];

/** @type {Map<string, { title: string, config: GivenConfig }>} */
export const PRESETS = new Map(Object.entries(/** @type {Record<string, any>} */ (models)));

/**
 * Names and titles, family by family, in the order of Python's `preset_names`. A model of an unknown
 * family is a family of its own, under its title.
 * @returns {[family: string, members: [name: string, title: string][]][]}
 */
export function families() {
  /** @type {Map<string, [name: string, title: string][]>} */
  const found = new Map();
  for (const [name, { title }] of PRESETS) {
    const family = FAMILIES.find(([start]) => name.startsWith(start))?.[1] ?? title;
    found.set(family, [...(found.get(family) ?? []), [name, title]]);
  }
  return [...found];
}

/**
 * Models of one architecture from 125 million to 175 billion parameters: as many KV heads as heads, an
 * MLP four times as wide as the model. GPT-3 models fill the sizes that OPT lacks, or where its model
 * has another shape.
 */
export const LADDER = [
  "opt-125m",
  "gpt3-medium",
  "gpt3-large",
  "opt-1.3b",
  "opt-2.7b",
  "opt-6.7b",
  "opt-13b",
  "opt-30b",
  "opt-66b",
  "opt-175b",
];
