// The strings of a prediction, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "prediction.title": "Predict",
    "prediction.right": "Right: {answer}.",
    "prediction.wrong": "You chose {chosen}. The answer is {answer}.",
    "prediction.skipped": "The answer is {answer}.",
    "prediction.closed": "The figure opens with your answer.",
    "prediction.skip": "Show me",
    "prediction.again": "Ask me again",
  },
});
