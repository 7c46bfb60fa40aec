"""Options of a request, read with the type the verb expects.

A wrong type here is a bug of the caller, not a fault of the user: the recipe was checked before. It raises TypeError, the
worker ends with a traceback in its log, and Fettle reports it as such.
"""

from __future__ import annotations

from typing import Dict, List, Mapping, Optional


class Options:
    """A JSON object with typed reads. Missing names raise KeyError unless a default is given or the read is `optional_...`."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def raw(self, name: str) -> object:
        return self._values[name]

    def text(self, name: str, default: Optional[str] = None) -> str:
        value = self._get(name, default)
        if not isinstance(value, str):
            raise _wrong(name, "a string", value)
        return value

    def optional_text(self, name: str) -> Optional[str]:
        return self.text(name) if name in self else None

    def integer(self, name: str, default: Optional[int] = None) -> int:
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(name, "an integer", value)
        return value

    def optional_integer(self, name: str) -> Optional[int]:
        return self.integer(name) if name in self else None

    def number(self, name: str, default: Optional[float] = None) -> float:
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _wrong(name, "a number", value)
        return value

    def flag(self, name: str, default: Optional[bool] = None) -> bool:
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise _wrong(name, "true or false", value)
        return value

    def mapping(self, name: str) -> Dict[str, object]:
        """A JSON object; an absent one is empty."""
        value = self._values.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise _wrong(name, "an object", value)
        return dict(value)

    def numbers(self, name: str) -> Dict[str, float]:
        """An object of numbers, such as `bind`; an absent one is empty."""
        found: Dict[str, float] = {}
        for key, value in self.mapping(name).items():
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise _wrong(f"{name}.{key}", "a number", value)
            found[key] = value
        return found

    def texts(self, name: str) -> List[str]:
        """A list of strings; an absent one is empty."""
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _wrong(name, "a list of strings", value)
        return list(value)

    def _get(self, name: str, default: object) -> object:
        value = self._values.get(name)
        if value is None:
            value = default
        if value is None:
            raise KeyError(f"the request has no option {name!r}")
        return value


def _wrong(name: str, expected: str, value: object) -> TypeError:
    return TypeError(f"option {name!r} must be {expected}, not {value!r}")
