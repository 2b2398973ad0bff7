// What takes long to draw follows a frame after what the reader waits for.

import { useEffect, useState } from "preact/hooks";

/**
 * A value that follows another once the frame with its change has been painted. The first value, and
 * undefined, are not delayed.
 * @template Value
 * @param {Value} value
 */
export function useAfterPaint(value) {
  const [painted, setPainted] = useState(value);
  useEffect(() => setPainted(value), [value]); // effects run after the paint
  return value === undefined || painted === undefined ? value : painted;
}
