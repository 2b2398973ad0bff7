// The dial in words and numbers.

import { sum } from "../../browser/model/rotary.js";
import { decimal } from "../../ui/numbers.js";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** An angle in whole degrees, from 0 to 359. @param {number} radians */
export function degrees(radians) {
  const whole = Math.round((radians * 180) / Math.PI) % 360;
  return t("rotary.degrees", { n: whole < 0 ? whole + 360 : whole });
}

/** The angle between two directions, without its sign. @param {number} radians */
export function apart(radians) {
  return t("rotary.degrees", { n: decimal(Math.abs(radians * 180) / Math.PI, 1) });
}

/** Degrees per position, to three significant digits, since they may be very few. @param {number} frequency in radians */
export function speed(frequency) {
  const turn = (frequency * 180) / Math.PI;
  const text =
    turn >= 1e-4
      ? String(Number(turn.toPrecision(3)))
      : turn
          .toExponential(1)
          .replace("e-", " · 10⁻")
          .replace(
            /⁻(\d+)$/,
            (_, digits) => `⁻${[...digits].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`,
          );
  return t("rotary.degrees", { n: text });
}

/** Terms as a sum; a negative term is subtracted. @param {readonly number[]} terms */
export function sumText(terms) {
  return terms
    .map((term, i) => {
      const text = decimal(term, 2);
      if (i === 0) return text;
      return text.startsWith("−") ? `− ${text.slice(1)}` : `+ ${text}`;
    })
    .join(" ");
}

/**
 * @param {readonly number[]} dots the score, pair by pair
 * @param {number} query its position
 * @param {number} key its position
 */
export function describe(dots, query, key) {
  const n = query - key;
  const distance = t(
    n === 0 ? "rotary.distance.none" : n > 0 ? "rotary.distance.after" : "rotary.distance.before",
    { n: Math.abs(n) },
  );
  return t("rotary.summary", { query, key, distance, score: decimal(sum(dots), 2) });
}
