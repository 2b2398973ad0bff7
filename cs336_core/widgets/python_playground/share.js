// A program in the page's address: compressed, in the letters that an address may have.

import { LIMITS } from "../../browser/python/limits.js";
import { LONGEST } from "../../ui/url.js";

/** @param {string} code @returns {Promise<string>} "" for a program that is too long for an address */
export async function pack(code) {
  const stream = new Blob([code]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  if (bytes.length > LONGEST) return "";
  const base64 = btoa(String.fromCharCode(...bytes));
  const packed = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return packed.length <= LONGEST ? packed : "";
}

/**
 * The program in an address. A short address may hold a very long text, so reading stops at the limit.
 * @param {string} packed
 * @returns {Promise<string | null>} null if it is not a program
 */
export async function unpack(packed) {
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const text = new Blob([bytes])
      .stream()
      .pipeThrough(new DecompressionStream("deflate-raw"))
      .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }));
    let code = "";
    for (const reader = text.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return code;
      code += value;
      if (code.length > LIMITS.code) return null;
    }
  } catch {
    return null;
  }
}
