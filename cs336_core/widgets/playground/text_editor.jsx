// The editor of the text, which marks the part that a token covers.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useUniqueId } from "../../ui/id.js";
import { formatNumber, t } from "../../ui/strings.js";
import { bitRange, textRange } from "./offsets.js";
import { fitsAddress, WRITABLE } from "./settings.js";

/** Characters that are shown of a text that is too long to edit. */
const PREVIEW = 2000;

/**
 * @param {{ text: string, change: (text: string) => void, links: import("./links.js").Links,
 *   inAddress: boolean }} props `inAddress`: whether the page has an address for the text
 */
export function TextEditor({ text, change, links, inAddress }) {
  const id = useUniqueId();
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const mirror = useRef(/** @type {HTMLDivElement | null} */ (null));
  const long = text.length > WRITABLE;
  const shown = long ? text.slice(0, PREVIEW) : text;

  // A mirror of the text lies behind the text area. Only the part that a token covers is visible. The
  // mirror also gives the text area its height.
  /** @param {[number, number]} range */
  const mark = ([start, end]) => {
    const [before, marked, after] = mirror.current?.querySelectorAll("span,mark") ?? [];
    if (!before || !marked || !after) return;
    before.textContent = shown.slice(0, start);
    marked.textContent = shown.slice(start, end);
    after.textContent = `${shown.slice(end)}\u200b`;
  };
  useLayoutEffect(() => {
    if (area.current && area.current.value !== shown) area.current.value = shown;
    mark([0, 0]);
  }, [shown]);
  useEffect(() => links.listen((range) => mark(range ? textRange(shown, range) : [0, 0])), [shown]);

  const select = () => {
    const { selectionStart: start = 0, selectionEnd: end = 0, value = "" } = area.current ?? {};
    if (start !== end) links.show(bitRange(value, start, end));
    else if (document.activeElement === area.current) links.show(null);
  };
  // A long pasted text bypasses the text area, which would take seconds.
  /** @param {ClipboardEvent} event */
  const paste = (event) => {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    const { selectionStart: start = 0, selectionEnd: end = 0, value = "" } = area.current ?? {};
    if (long || value.length - (end - start) + pasted.length <= WRITABLE) return;
    event.preventDefault();
    change(value.slice(0, start) + pasted + value.slice(end));
  };
  return (
    <div class="cs336-writing">
      <label for={id}>{t("playground.text")}</label>
      <div class="cs336-paper">
        <div ref={mirror} class="cs336-mirror" aria-hidden="true" dir="auto">
          <span />
          <mark />
          <span />
        </div>
        <textarea
          ref={area}
          id={id}
          dir="auto"
          rows={3}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          placeholder={t("playground.text.hint")}
          readOnly={long}
          onInput={(event) => change(event.currentTarget.value)}
          onPaste={paste}
          onSelect={select}
          onKeyUp={select}
          onPointerUp={select}
          onBlur={() => links.show(null)}
          onScroll={(event) => mirror.current?.scrollTo(0, event.currentTarget.scrollTop)}
        />
      </div>
      {long && (
        <p class="cs336-quiet">
          {t("playground.long", { n: formatNumber(text.length), shown: formatNumber(PREVIEW) })}{" "}
          <button type="button" onClick={() => change("")}>
            {t("playground.clear")}
          </button>
        </p>
      )}
      {!long && inAddress && !fitsAddress(text) && (
        <p class="cs336-quiet">{t("playground.address")}</p>
      )}
    </div>
  );
}
