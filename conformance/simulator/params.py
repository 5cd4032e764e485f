"""Reading a request's parameters: present or not, of the right form or refused in Binance's words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from conformance.simulator.errors import (
    EMPTY,
    INVALID_PARAMETER,
    MANDATORY,
    Refusal,
    Rule,
)
from conformance.simulator.numbers import parse_decimal, parse_long

CLIENT_ID = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")
CLIENT_ID_RANGE = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"


class Params(Mapping[str, str]):
    """A request's parameters as text, whichever way they came: query, form body, or JSON of the WS API."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def has(self, name: str) -> bool:
        """Return whether the parameter was sent with a value."""
        return bool(self._values.get(name))

    def text(self, name: str) -> str | None:
        """Return the value, or None where it was not sent or is empty."""
        return self._values.get(name) or None

    def required(self, name: str) -> str:
        """Return the value; refuses with -1102 where it is missing."""
        value = self._values.get(name)
        if not value:
            raise Refusal(MANDATORY, name)
        return value

    def decimal(self, name: str) -> Decimal | None:
        """Return the number, None where none was sent; refuses with -1102 where it is malformed."""
        value = self._values.get(name)
        if value is None:
            return None
        number = parse_decimal(value)
        if number is None:
            raise Refusal(MANDATORY, name)
        return number

    def required_decimal(self, name: str) -> Decimal:
        """Return the number; refuses with -1102 where it is missing or malformed."""
        number = self.decimal(name)
        if number is None:
            raise Refusal(MANDATORY, name)
        return number

    def long(self, name: str) -> int | None:
        """Return the integer, None where none was sent; refuses with -1102 where it is malformed."""
        value = self._values.get(name)
        if not value:
            return None
        number = parse_long(value)
        if number is None:
            raise Refusal(MANDATORY, name)
        return number

    def required_long(self, name: str) -> int:
        """Return the integer; refuses with -1102 where it is missing or malformed."""
        number = self.long(name)
        if number is None:
            raise Refusal(MANDATORY, name)
        return number

    def flag(self, name: str) -> bool | None:
        """Return the boolean ("true"/"false" in any case), None where none was sent; else refuses with -1130."""
        value = self._values.get(name)
        if value is None:
            return None
        lowered = value.lower()
        if lowered not in ("true", "false"):
            raise Refusal(INVALID_PARAMETER if value else EMPTY, name)
        return lowered == "true"

    def choice[T: str](self, name: str, choices: Sequence[T], refusal: Rule) -> T | None:
        """Return the value, None where it was not sent; refuses with `refusal` for a value outside the choices."""
        value = self._values.get(name)
        if not value:
            return None
        for choice in choices:
            if choice == value:
                return choice
        raise Refusal(refusal, value[:40]) if "{}" in refusal.message else Refusal(refusal)

    def required_choice[T: str](self, name: str, choices: Sequence[T], refusal: Rule) -> T:
        """Return the value; refuses with -1102 where it is missing, with `refusal` for another value."""
        value = self.choice(name, choices, refusal)
        if value is None:
            raise Refusal(MANDATORY, name)
        return value

    def limit(self, default: int, most: int, name: str = "limit") -> int:
        """Return the number of rows asked for, between 1 and `most`."""
        value = self.long(name)
        if value is None:
            return default
        if value < 1:
            raise Refusal(INVALID_PARAMETER, name)
        return min(value, most)
