// A list of tokens, of which one is selected: its keyboard, and what each token is to a screen reader.

import { t } from "../strings.js";
import "./strings.en.js";

/**
 * The attributes of a token's button in a list box.
 * @param {string} label
 * @param {number} i from 0
 * @param {boolean} isSelected
 */
export const tokenOption = (label, i, isSelected) =>
  /** @type {const} */ ({
    role: "option",
    "aria-selected": isSelected,
    "aria-label": t("live.token", { n: i + 1, token: label }),
    tabIndex: isSelected ? 0 : -1,
  });

/**
 * Selects the token that a key moves to, and gives it the focus.
 * @param {KeyboardEvent} event of the list, whose children are the tokens
 * @param {number} position of the selected token, from 0
 * @param {number} n how many tokens there are
 * @param {(position: number) => void} choose
 */
export function moveAmong(event, position, n, choose) {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  const to = event.key === "Home" ? 0 : event.key === "End" ? n - 1 : position + (step ?? 0);
  if (to === position || to < 0 || to >= n) return;
  event.preventDefault();
  choose(to);
  const tokens = /** @type {HTMLElement} */ (event.currentTarget).children;
  /** @type {HTMLElement | undefined} */ (tokens[to])?.focus();
}
