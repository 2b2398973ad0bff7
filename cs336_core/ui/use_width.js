// The width of an element in pixels, for drawings whose letters keep their size.

import { useLayoutEffect, useState } from "preact/hooks";

/** The width of an element, which it follows. @param {{ current: HTMLElement | null }} element */
export function useWidth(element) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    setWidth(element.current.clientWidth);
    return () => observer.disconnect();
  }, []);
  return width;
}
