// What goes wrong inside is told in its place: nothing goes blank.

import { Component } from "preact";
import { t } from "../ui/strings.js";

/** @extends {Component<{ children: import("preact").ComponentChildren }, { error: unknown }>} */
export class Guard extends Component {
  state = { error: /** @type {unknown} */ (null) };

  /** @param {unknown} error */
  static getDerivedStateFromError(error) {
    return { error };
  }

  render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <p class="cs336-error" role="alert">
        {t("trace.failed", { error: error instanceof Error ? error.message : String(error) })}
      </p>
    );
  }
}
