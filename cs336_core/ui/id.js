import { useState } from "preact/hooks";

/** An id for an element, unlike any other of the page. (Preact's own repeat in a second figure.) */
export function useUniqueId() {
  return useState(() => `cs336-${Math.random().toString(36).slice(2)}`)[0];
}
