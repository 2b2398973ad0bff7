import { useEffect, useState } from "preact/hooks";
import { save } from "./export.js";
import { useUniqueId } from "./id.js";
import { t } from "./strings.js";

/** Milliseconds that a button shows what it did. */
const SHOWN = 2000;

/** @typedef {"json" | "csv" | "svg" | "py"} Kind */
/** @type {[kind: Kind, type: string][]} */
const KINDS = [
  ["py", "text/x-python"],
  ["json", "application/json"],
  ["csv", "text/csv"],
  ["svg", "image/svg+xml"],
];

/**
 * A button that briefly shows what it did, without changing its size.
 * @param {{ label: string, done: string, shows: boolean, title?: string, act: () => void }} props
 */
function Act({ label, done, shows, title, act }) {
  return (
    <button type="button" class="cs336-act" title={title} aria-label={title} onClick={act}>
      <span data-shown={!shows}>{label}</span>
      <span data-shown={shows}>{done}</span>
    </button>
  );
}

/** A link to copy by hand. @param {{ link: string }} props */
function Link({ link }) {
  const id = useUniqueId();
  return (
    <p class="cs336-toolbar-note">
      <label for={id}>{t("tool.copy.failed")}</label>{" "}
      <input
        id={id}
        type="text"
        readOnly
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
    </p>
  );
}

/**
 * Reset, copy link and save buttons. Each shows and announces what it did; the status line belongs to
 * the figure.
 * @param {{ name: string, page?: import("./view.jsx").PageHost | undefined, reset: () => void,
 *   files: Partial<Record<Kind, () => string>>, linkWarning?: string }} props
 *   `name`: of the saved files, `files`: those it offers; `linkWarning`: what a link leaves out, as a sentence
 */
export function Toolbar({ name, page, reset, files, linkWarning = "" }) {
  const [done, setDone] = useState({ button: "", announcement: "" });
  const [uncopied, setUncopied] = useState("");
  const [warning, setWarning] = useState("");
  useEffect(() => {
    if (!done.button) return undefined;
    const timer = setTimeout(() => setDone({ button: "", announcement: "" }), SHOWN);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    const link = page?.link() ?? "";
    setWarning("");
    setUncopied("");
    try {
      await navigator.clipboard.writeText(link);
      setDone({ button: "link", announcement: t("tool.copied.status") });
      setWarning(linkWarning);
    } catch {
      setUncopied(link);
    }
  };
  /** @param {Kind} kind @param {string} type @param {() => string} content */
  const saveFile = (kind, type, content) => {
    save(`${name}.${kind}`, type, content());
    setDone({ button: kind, announcement: t("tool.saved.status", { name: `${name}.${kind}` }) });
  };
  return (
    <div class="cs336-toolbar">
      <button type="button" onClick={reset}>
        {t("tool.reset")}
      </button>
      {page && (
        <Act
          label={t("tool.link")}
          done={t("tool.copied")}
          shows={done.button === "link"}
          act={copy}
        />
      )}
      {KINDS.map(([kind, type]) => {
        const content = files[kind];
        return (
          content && (
            <Act
              key={kind}
              label={t(`tool.${kind}`)}
              done={t("tool.saved")}
              shows={done.button === kind}
              title={t(`tool.${kind}.title`)}
              act={() => saveFile(kind, type, content)}
            />
          )
        );
      })}
      <span class="cs336-unseen" aria-live="polite">
        {done.announcement}
      </span>
      <div class="cs336-toolbar-notes" aria-live="polite">
        {uncopied && <Link link={uncopied} />}
        {warning && <p class="cs336-toolbar-note">{warning}</p>}
      </div>
    </div>
  );
}
