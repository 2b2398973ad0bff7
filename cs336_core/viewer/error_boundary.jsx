// Error boundary: shows the error instead of a blank page.

import { Component } from "preact";
import { t } from "../ui/strings.js";

/** @extends {Component<{ children: import("preact").ComponentChildren }, { error: unknown }>} */
export class ErrorBoundary extends Component {
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
