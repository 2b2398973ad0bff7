// The strings of every figure with the small model, by language.

import { addStrings } from "../strings.js";

addStrings({
  en: {
    "live.missing":
      "The model could not be loaded. On the site, reload the page; in a notebook, run “make site” once, which trains it.",
    "live.text": "Type a sentence. The model continues it.",
    "live.examples": "Or try",
    "live.long": "The text is too long: {n} bytes, at most {max}.",
    "live.surrogate": "The text has half of a character, {code}, at position {position}.",
    "live.next": "Next token after “{token}”",
    "live.next.hint": "Click a token to append it.",
    "live.next.logit": "logit",
    "live.example.gift": "a gift",
    "live.example.ball": "who gets the ball",
    "live.example.sizes": "sizes",
    "live.example.hamlet": "Hamlet",
    "live.cut": "The figure shows the last {n} tokens.",
    "live.empty": "Type a word, and the model starts to read.",
    "live.token": "Token {n}, “{token}”",
    "live.positions": "Position",
    "live.head": "Head {head} of block {block}",
    "live.head.about": "“{query}” attends most to “{key}” ({weight}) and “{other}” ({rest}).",
    "live.head.only": "“{query}” attends only to “{key}” ({weight}).",
    "live.head.alone": "“{query}” can attend only to itself ({weight}).",
    "live.block": "block {n}",
    "live.loading": "Loading the model …",
  },
});
