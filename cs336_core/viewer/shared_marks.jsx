// That a variable, or a part of it, is the same object as another one.

import { t } from "../ui/strings.js";
import { functionName, isolated } from "./labels.js";

/** @typedef {import("./trace/same_objects.js").Shared} Shared */
/** @typedef {import("./trace/call.js").Call} Call */

/** Parts of a variable that are marked, and names of one object that are written out. */
const MAX_PARTS = 4;
const MAX_NAMES = 3;

/** @param {Shared} shared @param {Call} call the variable's @param {Map<number, Call>} calls by number */
function describe({ name, others }, call, calls) {
  const names = others.slice(0, MAX_NAMES).map((other) => {
    const owner = calls.get(other.call);
    return owner && owner !== call
      ? t("trace.same.in", { name: isolated(other.text), function: functionName(owner.function) })
      : isolated(other.text);
  });
  const more = others.length - names.length;
  const same = t(more ? "trace.same.more" : "trace.same", { names: names.join(", "), n: more });
  return name.text === name.variable
    ? same
    : t("trace.same.part", { part: isolated(name.text), same });
}

/** @param {{ shared: Shared[], call: Call, calls: Map<number, Call> }} props */
export function SharedMarks({ shared, call, calls }) {
  return (
    <dd class="cs336-shared">
      {shared.slice(0, MAX_PARTS).map((entry) => (
        <span key={entry.name.text} class="cs336-same" data-object={entry.group}>
          <span class="cs336-object" aria-hidden="true">
            {entry.group}
          </span>{" "}
          {describe(entry, call, calls)}
        </span>
      ))}
    </dd>
  );
}
