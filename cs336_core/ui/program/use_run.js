// The state of a run: what it has written until now, then what it resulted in.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { createPython } from "../../browser/python/python.js";
import { withPiece } from "./pieces.js";

/** @typedef {import("../../browser/python/python.js").Outcome} Outcome */
/** @typedef {import("../../browser/python/python.js").Program} Program */
/** @typedef {import("./pieces.js").Piece} Piece */
/** @typedef {import("../../browser/python/python.js").Status} Status */
/** @typedef {{ status: Status, isTraced: boolean, code: string, pieces: Piece[], outcome: Outcome | null }} RunState */

/** @type {RunState} */
const NO_RUN = { status: "idle", isTraced: false, code: "", pieces: [], outcome: null };

/** @param {string | null} folder of the files of Python; null where there are none */
export function useRun(folder) {
  const [run, setRun] = useState(NO_RUN);
  const pieces = useRef(/** @type {Piece[]} */ ([]));
  const newest = useRef(0);
  const python = useMemo(() => {
    /** @param {Status} status */
    const onStatus = (status) => setRun((now) => ({ ...now, status }));
    return folder ? createPython({ folder, onStatus }) : null;
  }, [folder]);
  useEffect(() => () => python?.stop(), [python]);

  /** @param {Program & { trace: boolean }} program */
  const start = async (program) => {
    if (!python || run.status !== "idle") return;
    const number = ++newest.current;
    pieces.current = [];
    setRun({ ...NO_RUN, status: "loading", isTraced: program.trace, code: program.code });
    let frame = 0;
    const outcome = await python.run(program, (stream, text) => {
      pieces.current = withPiece(pieces.current, { stream, text });
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        if (newest.current === number) setRun((now) => ({ ...now, pieces: pieces.current }));
      });
    });
    cancelAnimationFrame(frame);
    if (newest.current === number)
      setRun((now) => ({ ...now, status: "idle", pieces: pieces.current, outcome }));
  };
  const clear = () => {
    newest.current += 1;
    python?.stop();
    setRun(NO_RUN);
  };
  return { run, start, stop: () => python?.stop(), clear };
}
