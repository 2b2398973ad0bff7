// A part of the figure that opens: what most readers do not need at first.

import { useEffect, useState } from "preact/hooks";

/**
 * @param {{ title: string, note?: string, open?: boolean, children: import("preact").ComponentChildren }} props
 *   `note`: what is inside, in a few words; `open`: whether it is open at
 *   first, and opens when this becomes true. What is inside is drawn only while it is open
 */
export function Fold({ title, note = "", open = false, children }) {
  const [isOpen, setOpen] = useState(open);
  useEffect(() => {
    if (open) setOpen(true);
  }, [open]);
  return (
    <details
      class="cs336-flops-fold"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {title} {note && <span class="cs336-quiet">{note}</span>}
      </summary>
      {isOpen && children}
    </details>
  );
}
