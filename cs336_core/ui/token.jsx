import { t } from "./strings.js";
import { hue, shortHex, shortLabel } from "./tokens.js";

/**
 * A token as a chip: its text above its id, in the hue of its id.
 * @param {{ id: number, bytes: Uint8Array, half?: number, fresh?: [Uint8Array, Uint8Array] | undefined,
 *   plain?: boolean }} props
 *   `half`: 1 or 2 if it is the left or right half of the pair that merges next;
 *   `fresh`: its two halves if it was just merged; `plain`: without the id.
 */
export function Token({ id, bytes, half = 0, fresh, plain = false }) {
  const { text, kind, long } = shortLabel(bytes);
  const classes = ["cs336-token", `cs336-hue-${hue(id)}`];
  if (kind === "bytes") classes.push("cs336-token-bytes");
  if (half) classes.push(half === 1 ? "cs336-half-left" : "cs336-half-right");
  if (fresh) classes.push("cs336-fresh");
  return (
    <span
      class={classes.join(" ")}
      title={`${t("token.id", { id })} · ${t("token.bytes", { hex: shortHex(bytes) })}`}
    >
      <bdi class="cs336-token-text">
        {fresh && !long ? (
          <>
            <span>{shortLabel(fresh[0]).text}</span>
            <span>{shortLabel(fresh[1]).text}</span>
          </>
        ) : (
          text
        )}
      </bdi>
      {!plain && <span class="cs336-token-id">{id}</span>}
    </span>
  );
}
