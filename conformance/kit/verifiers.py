"""What a case requires of a value. A failure says the field, what was required and what was seen.

A plain `assert` would do the same for the eye, but its signature would change with every price and id.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from conformance.kit.failure import CheckError

_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?\b")
_CODE = re.compile(r"-[1-9]\d{3}")


def equal(field: str, seen: Any, required: Any) -> None:
    """Fail unless the field's value is the required one.

    Where a `Decimal` or an `int` is required, what was seen is read as a number: the wire and the trader's events have
    them as text, with as many zeros as they like. The signature masks all numbers but Binance's error codes.
    """
    if _as(required, seen) == required and (seen is not None or required is None):
        return
    raise CheckError(
        field,
        required=_shown(required),
        seen=_shown(seen),
        signature=f"{field} is {_stable(seen)}, required {_stable(required)}",
    )


def require(holds: object, what: str, *, seen: Any = None) -> None:
    """Fail with `what` as the signature unless `holds`; `seen` is shown beside it, and may vary."""
    if not holds:
        shown = "not so" if seen is None else seen if isinstance(seen, str) else _shown(seen)
        raise CheckError("", required=what, seen=shown, signature=what)


def _as(required: Any, seen: Any) -> Any:
    if isinstance(required, bool) or not isinstance(required, Decimal | int) or not isinstance(seen, str):
        return seen
    try:
        return Decimal(seen)
    except InvalidOperation:
        return seen


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)


def _stable(value: Any) -> str:
    text = str(value)
    return text if _CODE.fullmatch(text) else _NUMBER.sub("#", text)
