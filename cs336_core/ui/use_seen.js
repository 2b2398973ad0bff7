// What a figure loads late, it loads when it comes near the screen.

import { useEffect, useState } from "preact/hooks";

/** How far below the screen a figure is when it begins to load. */
const MARGIN = "400px";

/** Whether an element has been near the screen. @param {{ current: Element | null }} element */
export function useSeen(element) {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: MARGIN,
    });
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return seen;
}
