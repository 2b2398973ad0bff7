// Python in the page. Nothing is loaded before the first run, and no server answers: it works from
// disk as well.
//
//   const python = createPython({ folder, onStatus: (status) => show(status) });
//   const outcome = await python.run({ code: "print(6 * 7)" }, (stream, text) => append(text));
//   outcome.stdout     // "42\n"
//   outcome.problem    // "", or a sentence for the reader: why the program ended early
//   python.stop();     // ends what is running; its outcome has what was written until then
//
// `folder` is the address of the built files, `python/` beside `widgets/`, as a view finds it from its
// own script: new URL("../python/", document.currentScript.src).
//
// Each run gets a fresh Python, in a worker, inside a frame with an origin of its own (frame.js). The
// figures of a page share the frame and the files; each `createPython` stops only its own runs.

import { loadScript } from "../../ui/loading.js";
import { t } from "../../ui/strings.js";
import { LIMITS } from "./limits.js";
import { interrupted, readOutcome } from "./outcome.js";
import "./strings.en.js";

/**
 * A program to run. Only `code` is needed.
 * @typedef {object} Program
 * @property {string} code
 * @property {string} [before] runs first, unseen, in the same module: the cells above a cell
 * @property {string} [filename] of `code`, in errors and in the trace
 * @property {boolean} [trace] whether to record the run, for the trace viewer
 * @property {string} [stdin] what `input()` reads
 * @property {number} [maxSteps] of the trace
 * @property {number} [timeout] seconds
 */

/** @typedef {import("./outcome.js").Outcome} Outcome */
/** @typedef {"loading" | "running" | "idle"} Status `loading`: the files are loaded and Python starts */
/** @typedef {(stream: "stdout" | "stderr", text: string) => void} OnOutput */
/** @typedef {{ kind: string, run: number, stream?: unknown, text?: unknown, outcome?: unknown, reason?: unknown }} Message */

const CONNECTING = 15; // seconds until a frame that does not answer counts as missing

/** @param {{ folder: string, onStatus?: (status: Status) => void }} options */
export function createPython({ folder, onStatus = () => {} }) {
  /** What ends each run that goes on. @type {Set<() => void>} */
  const running = new Set();

  /**
   * Runs a program. Never rejects: whatever happens is in the outcome.
   * @param {Program} program
   * @param {OnOutput} [onOutput] called with each piece of output as it is written
   * @returns {Promise<Outcome>}
   */
  async function run(program, onOutput = () => {}) {
    const { timeout = LIMITS.seconds, ...request } = program;
    const written = { stdout: "", stderr: "" };
    onStatus("loading");
    const outcome = await new Promise((resolve) => {
      /** @type {ReturnType<typeof setTimeout>} */
      let timer;
      let stopFrame = () => {};
      let started = performance.now();
      const seconds = () => (performance.now() - started) / 1000;
      /** @param {Outcome} result */
      const finish = (result) => {
        clearTimeout(timer);
        running.delete(stop);
        stopFrame();
        resolve({ ...result, ...written, seconds: seconds() });
      };
      /** @param {import("./outcome.js").Interruption} why @param {string} [reason] */
      const interrupt = (why, reason) => finish(interrupted(why, { timeout, reason }));
      const stop = () => interrupt("stopped");
      running.add(stop);
      /** @param {Message} message */
      const receive = ({ kind, stream, text, outcome, reason }) => {
        if (kind === "running") {
          started = performance.now();
          timer = setTimeout(() => interrupt("timeout"), timeout * 1000);
          onStatus("running");
        } else if (kind === "output") {
          const name = stream === "stderr" ? "stderr" : "stdout";
          const piece = String(text).slice(0, LIMITS.output - written[name].length);
          written[name] += piece;
          onOutput(name, piece);
        } else if (kind === "full") interrupt("output");
        else if (kind === "done") finish(readOutcome(outcome));
        else interrupt("failed", String(reason));
      };
      frameOf(folder).then(
        (frame) => {
          if (running.has(stop)) stopFrame = frame.run(request, receive);
        },
        (error) => interrupt("failed", error.message),
      );
    });
    if (!running.size) onStatus("idle");
    return outcome;
  }

  return {
    run,
    /** Ends every run of this object; also for when its figure is removed. */
    stop() {
      for (const end of [...running]) end();
    },
    /** Loads the files and starts Python, so that the first run is quick: for when a reader begins to edit. */
    prepare() {
      frameOf(folder).catch(() => {}); // a run will report it
    },
  };
}

/** The page's side of the frame. */
class Frame {
  /** @param {MessagePort} port */
  constructor(port) {
    this.port = port;
    this.last = 0;
    /** @type {Map<number, (message: Message) => void>} */
    this.runs = new Map();
    port.onmessage = ({ data }) => this.runs.get(data.run)?.(data);
  }

  /**
   * @param {Omit<Program, "timeout">} program
   * @param {(message: Message) => void} receive
   * @returns {() => void} ends the run
   */
  run(program, receive) {
    const run = ++this.last;
    this.runs.set(run, receive);
    this.port.postMessage({ run, program });
    return () => {
      if (this.runs.delete(run)) this.port.postMessage({ run, stop: true });
    };
  }
}

/**
 * What the figures of a page share, though each has a copy of this module. `files`: put there by
 * the scripts of the files until the frame has them.
 * @typedef {{ files?: Record<string, string>, frame?: Promise<Frame> }} Shared
 */

const page = /** @type {{ cs336Python?: Shared }} */ (/** @type {unknown} */ (globalThis));

/** The page's frame, tried again after a failure. @param {string} folder @returns {Promise<Frame>} */
function frameOf(folder) {
  page.cs336Python ??= {};
  const shared = page.cs336Python;
  shared.frame ??= openFrame(folder, shared).catch((error) => {
    delete shared.frame;
    throw error;
  });
  return shared.frame;
}

/** @param {string} folder @param {Shared} shared @returns {Promise<Frame>} */
async function openFrame(folder, shared) {
  const [frame] = await Promise.all([
    addFrame(`${folder}frame.html`),
    ...["runtime", "core"].map((name) => loadScript(`${folder}${name}.js`)),
  ]);
  const { port1, port2 } = new MessageChannel();
  const { files } = shared;
  delete shared.files; // eight megabytes, which the frame gets a copy of
  const connected = new Promise((resolve, reject) => {
    port1.onmessage = resolve;
    setTimeout(() => reject(new Error(t("python.noFrame"))), CONNECTING * 1000);
  });
  // The frame has no origin that could be named here; the page's policy keeps other pages out of it.
  frame.contentWindow?.postMessage(files, "*", [port2]);
  await connected.catch((error) => {
    frame.remove();
    throw error;
  });
  return new Frame(port1);
}

/** @param {string} src @returns {Promise<HTMLIFrameElement>} */
function addFrame(src) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts"); // no origin, so no storage and no way to the page
  frame.hidden = true;
  frame.title = "Python";
  frame.src = src;
  return new Promise((resolve) => {
    frame.addEventListener("load", () => resolve(frame), { once: true });
    document.body.append(frame);
  });
}
