// Packs the vocabularies that the playground loads.
//
//   node book/builder/vocabularies.mjs          writes _build/vocabularies/NAME.txt

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { pack } from "../../cs336_core/browser/tokenization/packed.js";
import { readRanks } from "../../cs336_core/browser/tokenization/ranks.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = { gpt2: "r50k_base", cl100k: "cl100k_base", o200k: "o200k_base", llama3: "llama3" };

await mkdir(`${root}_build/vocabularies`, { recursive: true });
for (const [name, file] of Object.entries(sources)) {
  const ranks = await readFile(`${root}_build/ranks/${file}.tiktoken`, "utf8");
  const { bytes, merges } = readRanks(ranks);
  await writeFile(`${root}_build/vocabularies/${name}.txt`, pack(bytes, merges.pairs));
}
