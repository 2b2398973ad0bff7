// The help dialog: mouse and keyboard.

import { useEffect, useRef } from "preact/hooks";
import { t } from "../ui/strings.js";
import { KEYS } from "./keys.js";

/** Commands of a page that opens traces. */
const PAGE_COMMANDS = new Set(["open", "difference", "differenceBack"]);

/** @param {{ close: () => void, canOpen: boolean }} props */
export function Help({ close, canOpen }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="cs336-help"
      aria-label={t("trace.help")}
      onClose={close}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div>
        <header>
          <p class="cs336-panel-title">{t("trace.help")}</p>
          <button type="button" autofocus onClick={() => dialog.current?.close()}>
            {t("trace.close")}
          </button>
        </header>
        <p>{t("trace.help.mouse")}</p>
        <table>
          <tbody>
            {KEYS.filter(([, command]) => canOpen || !PAGE_COMMANDS.has(command)).map(
              ([keys, command]) => (
                <tr key={command}>
                  <th scope="row">
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </th>
                  <td>{t(`trace.${command}`)}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </dialog>
  );
}
