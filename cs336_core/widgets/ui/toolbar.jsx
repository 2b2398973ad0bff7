import { save } from "./export.js";
import { t } from "./strings.js";

/**
 * Reset, copy link, and what can be saved.
 * @param {{ name: string, page?: import("./view.jsx").PageHost | undefined, reset: () => void,
 *   files: { json: () => string, csv: () => string, svg: () => string },
 *   say: (message: string) => void }} props `name`: of the saved files
 */
export function Toolbar({ name, page, reset, files, say }) {
  const copy = async () => {
    const link = page?.link() ?? "";
    try {
      await navigator.clipboard.writeText(link);
      say(t("tool.copied"));
    } catch {
      say(t("tool.copy.failed", { link }));
    }
  };
  /** @type {[kind: "json" | "csv" | "svg", type: string][]} */
  const kinds = [
    ["json", "application/json"],
    ["csv", "text/csv"],
    ["svg", "image/svg+xml"],
  ];
  return (
    <div class="cs336-toolbar">
      <button type="button" onClick={reset}>{t("tool.reset")}</button>
      {page && <button type="button" onClick={copy}>{t("tool.link")}</button>}
      {kinds.map(([kind, type]) => (
        <button key={kind} type="button" title={t(`tool.${kind}.title`)} aria-label={t(`tool.${kind}.title`)}
          onClick={() => {
            save(`${name}.${kind}`, type, files[kind]());
            say(t("tool.saved", { name: `${name}.${kind}` }));
          }}>
          {t(`tool.${kind}`)}
        </button>
      ))}
    </div>
  );
}
