"""What a message holds, by name. A case that asks for a missing field has found a broken requirement."""

from collections.abc import Mapping
from typing import Any

from conformance.kit.failure import CheckError


class Fields(dict[str, Any]):
    """The fields of a message; one that is missing is a `CheckError` with a stable signature, not a `KeyError`.

    `where` names the message, such as `WS order.place`. `in` and `get` are those of any mapping.
    """

    def __init__(self, fields: Mapping[str, Any], where: str) -> None:
        super().__init__({name: fields_of(value, where) for name, value in fields.items()})
        self._where = where

    def __missing__(self, name: str) -> Any:
        raise CheckError(
            self._where,
            required=f"a field {name}",
            seen=f"the fields {', '.join(map(str, self))}" if self else "no field",
            signature=f"no {name} in {self._where}",
        )


def fields_of(value: Any, where: str) -> Any:
    """Return parsed JSON whose objects are `Fields`; other values stay as they are."""
    if isinstance(value, Mapping):
        return Fields(value, where)
    return [fields_of(entry, where) for entry in value] if isinstance(value, list) else value
