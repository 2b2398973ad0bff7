"""Names of a package whose modules are imported when one of them is first used (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module


def lazy_names(package: str, modules: Mapping[str, Collection[str]]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package; `modules` are its modules, with the names they have.

    >>> __getattr__ = lazy_names("json", {"decoder": ["JSONDecoder"]})
    >>> __getattr__("JSONDecoder").__name__
    'JSONDecoder'
    >>> __getattr__("JSONReader")
    Traceback (most recent call last):
    AttributeError: module 'json' has no attribute 'JSONReader'
    """
    module_of = {name: module for module, names in modules.items() for name in names}

    def get_attribute(name: str) -> object:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{module_of[name]}"), name)

    return get_attribute
