// Shows what a page's links to works and terms have as their titles in cards.

import { attachTitle, Card } from "../../cs336_core/ui/card.js";

const card = new Card();
for (const link of document.querySelectorAll("article a.reference[title]"))
  attachTitle(card, /** @type {HTMLAnchorElement} */ (link));
