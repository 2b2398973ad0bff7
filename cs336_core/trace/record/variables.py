"""Records what a statement changed: in the variables of its own call, and in those of others.

Another call's variables change in three ways, and only these are looked for: the statement assigns
a global or a nonlocal that it names; it changes an object that a variable of its own call refers
to, as a variable of the other call does; it changes an object that a global it names refers to.
"""

from __future__ import annotations
import __future__

import re
from collections import ChainMap
from collections.abc import Container, Iterator
from functools import lru_cache
from types import BuiltinFunctionType, FrameType, MethodType, MethodWrapperType, ModuleType
from typing import Any, Final, cast

from cs336_core.trace.model import CLEARED, Step
from cs336_core.trace.record.call import NO_DIRECTIVES, Call, Known, Namespace, Variables
from cs336_core.trace.record.identity import Name, SharedObjects
from cs336_core.trace.record.objects import defines, per_type
from cs336_core.trace.record.values import record_objects, record_value

_MISSING: Final = object()
_CODE: Final = (
    ModuleType, type, BuiltinFunctionType, MethodType, MethodWrapperType, __future__._Feature,
)  # fmt: skip


class VariableRecorder:
    """Records the variables of a program into its steps."""

    def __init__(self, inspect_all: bool) -> None:
        """Record every variable that changes, or only what directives name."""
        self.found: dict[tuple[str, int, str], bool] = {}  # whether an @inspect ever had a value
        self._inspect_all = inspect_all
        self._count = 0  # of calls
        self._open: dict[int, Namespace] = {}  # by the number of the call
        self._modules: dict[int, Namespace] = {}  # by the id of the module's globals
        self._shared = SharedObjects()

    def function(self, frame: FrameType) -> Namespace:
        """Return the variables of a call that begins."""
        return self._added(Namespace(self._count, frame=frame))

    def module(self, variables: Variables) -> Namespace:
        """Return the variables of a module, the same for all of its statements."""
        key = id(variables)
        if key not in self._modules:
            self._modules[key] = self._added(Namespace(self._count, module=variables))
        return self._modules[key]

    def _added(self, namespace: Namespace) -> Namespace:
        self._open[self._count] = namespace
        self._count += 1
        return namespace

    def end(self, namespace: Namespace) -> None:
        """Forget the variables of a call that has ended."""
        if namespace.frame is not None:
            for name in namespace.known:
                self._shared.remove(Name(namespace.number, name))
            del self._open[namespace.number]
            namespace.frame = None

    def release(self) -> None:
        """Let go of the program's frames, which refer back to this recorder."""
        for namespace in self._open.values():
            namespace.frame = None

    def assume(self, namespace: Namespace, variables: Variables, names: Container[str]) -> None:
        """Treat variables as shown already: they appear once they change."""
        for name, value in data_variables(variables):
            if name in names:
                self._update(namespace, name, value)

    def record(self, call: Call, inner: Variables, outer: Variables, step: Step) -> None:
        """Record what a statement has changed; what its directives name, unless it failed."""
        if self._inspect_all:
            self._record_all(call, inner, outer, step)
        elif _is_rebound(call.namespace, inner):
            self._forget_rebound(call.namespace, inner, outer, step)
        if call.directives is not NO_DIRECTIVES and not call.raised:
            self._record_named(call, inner, outer, step)
        if self._shared.changed:
            step.same = self._shared.changed_groups()

    def _record_all(self, call: Call, inner: Variables, outer: Variables, step: Step) -> None:
        namespace = call.namespace
        current = dict(data_variables(inner))
        mutated: set[int] = set()
        assigned = []
        for name, value in current.items():
            known = namespace.known.get(name)
            if known is not None and known.value is value:  # as most numbers and strings are
                continue
            if self._update(namespace, name, value):
                step.env[name] = namespace.known[name].value
                if known is not None and known.identity == id(value):
                    mutated |= known.objects
                else:
                    assigned.append(name)
        if len(current) < len(namespace.known):
            for name in namespace.known.keys() - current.keys():
                self._clear(namespace, name)
                step.env[name] = CLEARED
        if len(self._open) > 1:
            self._record_others(call, inner, outer, step, mutated)
            if namespace.code is not None and namespace.code.co_freevars:
                self._record_nonlocals(namespace, {name: inner[name] for name in assigned}, step)

    def _record_others(
        self, call: Call, inner: Variables, outer: Variables, step: Step, mutated: set[int]
    ) -> None:
        """Record other calls' variables: changed objects, and the globals that are named."""
        for name in sorted(self._shared.holders(mutated)):
            if name.call != call.namespace.number:
                other = self._open[name.call]
                self._record_outer(other, name.variable, other.variables, step)
        module = self._modules.get(id(outer))
        if module is not None and module is not call.namespace:
            for variable in call.source.names.get(call.line, ()):
                if variable not in inner:
                    self._record_outer(module, variable, outer, step)

    def _record_nonlocals(self, inner: Namespace, assigned: Variables, step: Step) -> None:
        """Record nonlocals that were assigned, in each open function that has them."""
        for other in self._open.values():
            if other is inner or other.code is None:
                continue
            for name in assigned.keys() & {*other.code.co_cellvars, *other.code.co_freevars}:
                if other.variables.get(name) is assigned[name]:
                    self._record_outer(other, name, assigned, step)

    def _record_outer(self, other: Namespace, name: str, variables: Variables, step: Step) -> None:
        """Record a variable of another call if it has changed."""
        value = variables.get(name, _MISSING)
        if value is _MISSING or not is_data(name, value):
            if name in other.known:
                self._clear(other, name)
                step.outer.setdefault(other.number, {})[name] = CLEARED
        elif self._update(other, name, value):
            step.outer.setdefault(other.number, {})[name] = other.known[name].value

    def _forget_rebound(
        self, namespace: Namespace, inner: Variables, outer: Variables, step: Step
    ) -> None:
        """Clear what is shown of deleted variables, and the identity of those assigned since."""
        for name, known in list(namespace.known.items()):
            value = inner.get(known.variable, _MISSING)
            if value is _MISSING:
                value = outer.get(known.variable, _MISSING)
            if value is _MISSING:
                self._clear(namespace, name)
                step.env[name] = CLEARED
            elif known.objects and known.identity != id(value):
                self._shared.remove(Name(namespace.number, name))
                namespace.known[name] = known._replace(objects=frozenset())

    def _record_named(self, call: Call, inner: Variables, outer: Variables, step: Step) -> None:
        """Record the values that a statement's directives name."""
        variables = ChainMap(cast("dict[str, Any]", inner), cast("dict[str, Any]", outer))
        for name, get in call.directives.inspect.items():
            key = call.source.path, call.line, name
            try:
                value = get(variables)
            except Exception:
                self.found.setdefault(key, False)
                continue
            self.found[key] = True
            if self._inspect_all:
                step.env[name] = record_value(value)
            else:
                self._update(call.namespace, name, value)
                step.env[name] = call.namespace.known[name].value
        for name in call.directives.clear:
            step.env[name] = CLEARED
            if not self._inspect_all:
                self._clear(call.namespace, name)

    def _update(self, namespace: Namespace, name: str, value: object) -> bool:
        """Record a variable; return whether its value is new or has changed."""
        known = namespace.known.get(name)
        new, objects = record_objects(value)
        now = Known(new, id(value), objects, known.variable if known else _variable(name))
        if now == known and type(new) is type(known.value):  # True equals 1
            return False
        namespace.known[name] = now
        is_free = namespace.code is not None and name in namespace.code.co_freevars
        if not is_free and (objects or (known and known.objects)):  # it is the outer function's
            self._shared.put(Name(namespace.number, name), value, objects)
        return known is None or known.value != new or type(known.value) is not type(new)

    def _clear(self, namespace: Namespace, name: str) -> None:
        if namespace.known.pop(name, None) is not None:
            self._shared.remove(Name(namespace.number, name))


def _is_rebound(namespace: Namespace, inner: Variables) -> bool:
    """Whether a variable that is shown may have been deleted, or assigned another object."""
    for known in namespace.known.values():
        value = inner.get(known.variable, _MISSING)
        if value is _MISSING or (known.objects and known.identity != id(value)):
            return True
    return False


def data_variables(variables: Variables) -> Iterator[tuple[str, object]]:
    """Yield the variables that hold data, rather than modules, classes and functions.

    Skips Python's own (`__file__`) and throwaway ones (`_`).
    """
    for name, value in variables.items():
        if is_data(name, value):
            yield name, value


def is_data(name: str, value: object) -> bool:
    """Whether a variable holds data, and is neither Python's own nor a throwaway one."""
    return not (_is_code(type(value)) or name == "_" or name.startswith("__"))


@per_type
def _is_code(kind: type) -> bool:
    """Whether objects of a type are modules, classes, functions, or features of `__future__`."""
    is_method = defines(kind, "__get__") and not defines(kind, "__set__")
    return is_method or issubclass(kind, _CODE)


@lru_cache(1 << 12)
def _variable(expression: str) -> str:
    """Return the variable of an expression in a directive.

    >>> _variable("rows[0].size")
    'rows'
    """
    return re.split(r"[^\w]", expression, maxsplit=1)[0]
