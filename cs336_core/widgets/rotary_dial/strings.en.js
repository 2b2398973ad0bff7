// The strings of the rotary dial, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "rotary.title": "Rotary positions: a query and a key, rotated by their positions",
    "rotary.try":
      "Press play: both positions shift, all pairs rotate, and the score stays the same. Then move only the query: fast pairs distinguish nearby positions, slow pairs distant ones.",
    "rotary.query": "query",
    "rotary.key": "key",
    "rotary.legend.query": "query (disc)",
    "rotary.legend.key": "key (square)",
    "rotary.legend.before": "hollow: before rotation",
    "rotary.dial": "Pair {n}",
    "rotary.dial.speed": "{turn} per position",
    "rotary.dial.turned": "query rotated by {query}, key by {key}",
    "rotary.dial.between": "{angle} apart",
    "rotary.dial.none": "no angle",
    "rotary.dial.product": "product {product}",
    "rotary.degrees": "{n}°",
    "rotary.score": "Score, query · key",
    "rotary.both": "Shift both",
    "rotary.query.position": "Query at position",
    "rotary.key.position": "Key at position",
    "rotary.theta": "Base θ",
    "rotary.theta.try": "Try",
    "rotary.summary": "Query at position {query}, key at {key}: {distance} The score is {score}.",
    "rotary.distance.none": "the same position.",
    "rotary.distance.after": "the query is {n} after the key.",
    "rotary.distance.before": "the query is {n} before the key.",
    "rotary.shifted": "Both shifted: the distance is the same, and so is the score.",
    "rotary.curve": "Score at every distance",
    "rotary.curve.title":
      "The score for every distance from {from} to {to}, between {min} and {max}; now {score} at {distance}",
    "rotary.curve.try": "Drag in the curve to move the query away from the key.",
    "rotary.curve.axis": "distance of the query from the key, in positions",
    "rotary.vectors": "The query and the key themselves",
    "rotary.vector.query": "Entries of the query",
    "rotary.vector.key": "Entries of the key",
    "rotary.vector.how": "Each pair of entries is a point on one dial: enter 2, 4, 6 or 8 numbers.",
    "rotary.vector.bad":
      "“{text}” in the {name} is not a number between −{max} and {max}. Example: 1 0 0.5 -0.5",
    "rotary.vector.count": "The {name} has {n} numbers; enter 2, 4, 6 or {max}.",
    "rotary.vector.unlike":
      "The query has {n} numbers and the key {m}; enter the same number for both.",
    "rotary.preset": "Try",
    "rotary.preset.published": "as published",
    "rotary.preset.equal": "query = key",
    "rotary.preset.fast": "only the fastest pair",
    "rotary.preset.slow": "only the slowest pair",
  },
});
