// The strings of the map of attention weights, by language.

import { addStrings } from "../strings.js";

addStrings({
  en: {
    "attention-map.title":
      "{stage}: a row for each query, a column for each key. Arrow keys move the selected cell.",
    "attention-map.queries": "queries",
    "attention-map.keys": "keys",
    "attention-map.row.empty": "nothing to attend to: zeros",
    "attention-map.masked": "masked",
  },
});
