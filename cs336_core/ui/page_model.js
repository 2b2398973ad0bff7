// The model of a figure where there is no kernel: on a page, and in a trace.

/** The state of one widget, with the part of anywidget's model that views use. */
export class PageModel {
  /** @param {Record<string, unknown>} state */
  constructor(state) {
    this.state = state;
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
  }
  /** @param {string} name */
  get(name) {
    return this.state[name];
  }
  /**
   * @param {string} name
   * @param {unknown} value
   */
  set(name, value) {
    if (Object.is(this.state[name], value)) return;
    this.state[name] = value;
    for (const callback of [...(this.listeners.get(`change:${name}`) ?? [])]) callback();
  }
  save_changes() {} // a page has no kernel to notify
  /**
   * @param {string} event
   * @param {() => void} callback
   */
  on(event, callback) {
    const callbacks = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, callbacks.add(callback));
  }
  /**
   * @param {string} event
   * @param {() => void} callback
   */
  off(event, callback) {
    this.listeners.get(event)?.delete(callback);
  }
}

/**
 * The settings of a figure that its address holds.
 * @param {PageModel} model
 * @param {string[]} names
 */
export const settingsOf = (model, names) =>
  Object.fromEntries(names.map((name) => [name, model.get(name)]));
