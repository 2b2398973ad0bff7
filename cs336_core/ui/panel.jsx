import { useUniqueId } from "./id.js";

/**
 * A part of a figure with a title. Not a heading, since a figure may be at any depth of a page.
 * @param {{ kind: string, title: string, style?: Record<string, string | number>,
 *   children: import("preact").ComponentChildren }} props
 */
export function Panel({ kind, title, style, children }) {
  const id = useUniqueId();
  return (
    <div role="group" class={`cs336-panel cs336-${kind}`} aria-labelledby={id} style={style}>
      <p id={id} class="cs336-panel-title">
        {title}
      </p>
      {children}
    </div>
  );
}
