// Text that takes long to make, kept beside a stamp of what it was made of. The stamp vouches for the
// text as well: what was cut off, or changed by hand, is made anew.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** A hash of texts, each told apart from the next. @param {string[]} parts */
export function digest(parts) {
  const total = createHash("sha256");
  for (const part of parts) total.update(`${part.length} ${part}`);
  return total.digest("hex");
}

/** A file's text; undefined where there is none. @param {string} file */
async function textOf(file) {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * The text kept in a file, if it was made of these inputs; else made, and kept.
 * @param {string} file
 * @param {string[]} inputs all that it is made of, the code that makes it among them
 * @param {() => string} make
 */
export async function kept(file, inputs, make) {
  const stamp = `${file}.stamp`;
  const [text, vouched] = await Promise.all([textOf(file), textOf(stamp)]);
  if (text !== undefined && vouched === digest([...inputs, text])) return text;
  const made = make();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, made);
  await writeFile(stamp, digest([...inputs, made]));
  return made;
}
