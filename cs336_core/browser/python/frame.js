// The frame around the workers: it has an origin of its own and a policy without any address, so
// nothing that runs in it reaches the page, its storage or the network. See frame.html.

import { unpack } from "./unpack.js";

/**
 * @typedef {import("./python_worker.js").Image} Image
 * @typedef {import("./python_worker.js").Packed} Packed
 * @typedef {{ run: number, program: import("./python.js").Program }} RunRequest
 * @typedef {{ run: number, stop: true }} StopRequest
 */

/** Starts workers and passes messages between them and the page, which are marked with a run's number. */
class Workers {
  /** @param {MessagePort} port to the page @param {string} source @param {Packed} packed */
  constructor(port, source, packed) {
    this.port = port;
    this.address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    /** @type {{ packed: Packed } | { image: Image }} */
    this.beginning = { packed };
    /** Runs that the page waits for; null until they have a worker. @type {Map<number, Worker | null>} */
    this.runs = new Map();
    /** A worker that waits for its program. @type {Promise<Worker> | undefined} */
    this.spare = this.start();
    this.spare.catch(() => {}); // reported to the run that needs it
    port.onmessage = ({ data }) => {
      if (data.stop) this.end(data.run);
      else this.run(data);
    };
    port.postMessage({ kind: "connected" });
  }

  /** @returns {Promise<Worker>} a worker in which Python is ready */
  start() {
    const worker = new Worker(this.address);
    return new Promise((resolve, reject) => {
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.onmessage = ({ data }) => {
        if (data.image) this.beginning = { image: data.image };
        if (data.kind === "ready") resolve(worker);
        else reject(new Error(data.reason));
      };
      worker.postMessage(this.beginning);
    });
  }

  /** @param {RunRequest} request */
  async run({ run, program }) {
    this.runs.set(run, null);
    const starting = this.spare ?? this.start();
    this.spare = undefined;
    try {
      const worker = await starting;
      if (!this.runs.has(run)) {
        this.spare ??= starting; // stopped before it began
        return;
      }
      this.runs.set(run, worker);
      this.port.postMessage({ run, kind: "running" });
      /** @param {{ kind: string, [field: string]: unknown }} message */
      const pass = (message) => {
        this.port.postMessage({ ...message, run });
        if (message.kind === "done" || message.kind === "failed") this.end(run);
      };
      worker.onmessage = ({ data }) => pass(data);
      worker.onerror = ({ message }) => pass({ kind: "failed", reason: message });
      worker.postMessage({ program });
    } catch (error) {
      this.runs.delete(run);
      const reason = error instanceof Error ? error.message : String(error);
      this.port.postMessage({ run, kind: "failed", reason });
    }
  }

  /** Ends a run that is still going and prepares for the next. @param {number} run */
  end(run) {
    const worker = this.runs.get(run);
    this.runs.delete(run);
    worker?.terminate();
    if (worker && !this.spare) {
      this.spare = this.start();
      this.spare.catch(() => {});
    }
  }
}

addEventListener(
  "message",
  async ({ data: { worker, ...packed }, ports: [port] }) => {
    if (port) new Workers(port, await unpack(worker).text(), packed);
  },
  { once: true },
);
