// Draws a large figure a little at a time, one task per frame, so that the page stays responsive.

export class FrameScheduler {
  /** @param {(callback: () => void) => void} [later] calls back after the next frame is drawn */
  constructor(later = afterFrame) {
    this.later = later;
    /** @type {(() => void)[]} */
    this.tasks = [];
    this.scheduled = false;
  }

  /** @param {() => void} task @returns {() => void} cancels the task */
  add(task) {
    this.tasks.push(task);
    this.scheduleNext();
    return () => {
      this.tasks = this.tasks.filter((other) => other !== task);
    };
  }

  scheduleNext() {
    if (this.scheduled || this.tasks.length === 0) return;
    this.scheduled = true;
    this.later(() => {
      this.scheduled = false;
      this.tasks.shift()?.();
      this.scheduleNext();
    });
  }
}

/** @param {() => void} callback */
function afterFrame(callback) {
  requestAnimationFrame(() => setTimeout(callback));
}
