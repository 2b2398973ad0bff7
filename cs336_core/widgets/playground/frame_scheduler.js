// Drawing by turns: of all that is to be drawn, a little in each frame, so that the page answers
// meanwhile.

export class Turns {
  /** @param {(go: () => void) => void} [later] calls after the next frame is drawn */
  constructor(later = afterFrame) {
    this.later = later;
    /** @type {(() => void)[]} */
    this.waiting = [];
    this.going = false;
  }

  /** @param {() => void} act what is done when its turn comes @returns {() => void} what calls it off */
  wait(act) {
    this.waiting.push(act);
    this.goOn();
    return () => {
      this.waiting = this.waiting.filter((other) => other !== act);
    };
  }

  goOn() {
    if (this.going || this.waiting.length === 0) return;
    this.going = true;
    this.later(() => {
      this.going = false;
      this.waiting.shift()?.();
      this.goOn();
    });
  }
}

/** @param {() => void} go */
function afterFrame(go) {
  requestAnimationFrame(() => setTimeout(go));
}
