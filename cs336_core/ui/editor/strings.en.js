import { addStrings } from "../strings.js";

addStrings({
  en: {
    "editor.keys":
      "Control or Command with Enter runs the program. Tab indents; Escape and then Tab leaves the editor.",
  },
});
