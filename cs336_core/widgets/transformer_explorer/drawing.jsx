// The drawing: the river, the tokens below it, the parts beside it.

import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { headIn, indicesOf } from "../../browser/model/transformer/parts.js";
import { t } from "../../ui/strings.js";
import { useWidth } from "../../ui/use_width.js";
import { Parts } from "./parts.jsx";
import { layoutOf, strandsOf } from "./river.js";
import { Levels, River, Tokens } from "./river.jsx";

/** The heights of the parts of a block: with its heads in two rows, and in one. */
const TALL = { attention: 84, mlp: 34 };
const FLAT = { attention: 54, mlp: 34 };

/**
 * @param {{ reading: import("./use_reading.js").Reading, part: string, chosen: string, isWide: boolean,
 *   set: (changes: Partial<import("./state.js").State>) => void, point: (part: string) => void }} props
 *   `part`: the part whose strands are drawn, `chosen`: the selected one; `point`: of the part under the
 *   pointer, or "" for none
 */
export function Drawing({ reading, part, set, point, chosen, isWide }) {
  const room = useRef(/** @type {HTMLDivElement | null} */ (null));
  const width = useWidth(room);
  const { pass, position, labels, live, guesses, removed } = reading;
  const layout = layoutOf({
    n: labels.length,
    selected: position,
    room: width,
    nBlocks: live.model.config.n_layers,
    ...(isWide ? FLAT : TALL),
  });
  const indices = indicesOf(part, live.model.config);
  const shown = headIn(part, live.model.config);
  const strands = useMemo(
    () => strandsOf(pass, position, layout, shown),
    [pass, position, width, isWide, shown?.block, shown?.head],
  );
  useLayoutEffect(() => {
    const x = layout.columns[position] ?? 0;
    if (room.current && width) room.current.scrollLeft = x - 0.75 * width;
  }, [position, labels.length, width]);
  const largest = useMemo(
    () => pass.embeddings.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1,
    [pass],
  );
  return (
    <div class="cs336-explorer-drawing">
      <Levels layout={layout} guesses={guesses} d={pass.embeddings.columns} />
      <div class="cs336-explorer-room cs336-scrolls" ref={room}>
        {width > 0 && (
          <>
            <River
              layout={layout}
              strands={strands}
              position={position}
              shown={indices}
              description={t("explorer.stream", { token: labels[position] ?? "" })}
            />
            <Tokens
              layout={layout}
              labels={labels}
              embeddings={pass.embeddings}
              largest={largest}
              position={position}
              choose={(to) => set({ position: to === labels.length - 1 ? 0 : to + 1 })}
            />
          </>
        )}
      </div>
      <Parts
        layout={layout}
        pass={pass}
        position={position}
        chosen={chosen}
        removed={removed}
        choose={(to) => set({ part: to })}
        point={point}
      />
    </div>
  );
}
