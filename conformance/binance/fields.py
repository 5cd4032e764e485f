"""Fields of the venue's messages as they are read: decimals, ids and words; what is garbled says nothing."""

from decimal import Decimal, InvalidOperation
from typing import Any


def figure(raw: Any) -> Decimal | None:
    """Return what is written as a decimal; None for nothing, and for what is no finite number."""
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def id_text(raw: Any) -> str:
    """Return an id as text; 0 and nothing are no ids."""
    return str(raw) if raw else ""


def word(raw: Any) -> str:
    """Return a word as text, "" for nothing."""
    return str(raw) if raw not in (None, "") else ""
