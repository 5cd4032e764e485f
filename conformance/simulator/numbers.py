"""Numbers as Binance writes and reads them: parsing within bounds, the two styles of section 16, and JSON text.

All money is `Decimal`. A number from the wire is bounded before it is converted, so that a million digits cost nothing.
"""

import re
from decimal import ROUND_DOWN, Decimal, InvalidOperation

import msgspec

_encode = msgspec.json.Encoder().encode

ZERO = Decimal(0)
ONE = Decimal(1)
SATOSHI = Decimal("0.00000001")
"""The eight decimals in which wallets, commissions and profits are kept."""

UNITS = tuple(ONE.scaleb(-places) for places in range(19))
"""The unit of the last decimal, by number of decimals."""

LONGEST_NUMBER = 40
_LARGEST = Decimal("1e18")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_INTEGER = re.compile(r"[+-]?\d{1,19}")
LARGEST_LONG = 2**63 - 1


def parse_decimal(text: str) -> Decimal | None:
    """Return the number that `text` writes, or None where it writes none or one beyond any market (|x| ≥ 1e18)."""
    if len(text) > LONGEST_NUMBER or _DECIMAL.fullmatch(text) is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if -_LARGEST < number < _LARGEST else None


def parse_long(text: str) -> int | None:
    """Return the signed 64-bit integer that `text` writes, or None."""
    if len(text) <= 18 and text.isascii() and text.isdigit():
        return int(text)
    if _INTEGER.fullmatch(text) is None:
        return None
    number = int(text)
    return number if -LARGEST_LONG <= number <= LARGEST_LONG else None


def is_multiple(number: Decimal, step: Decimal) -> bool:
    """Return whether `number` is a whole multiple of `step`; a step of zero switches the rule off."""
    return step == 0 or number % step == 0


def truncated(number: Decimal) -> Decimal:
    """Return the number cut (never rounded up) to eight decimals, as wallets keep it."""
    return number.quantize(SATOSHI, rounding=ROUND_DOWN)


ZEROS = tuple(f"{ZERO:.{places}f}" for places in range(19))
"""Zero with so many decimals, as `padded` writes it."""


def trimmed(number: Decimal, places: int = 8) -> str:
    """Return the number without trailing zeros: "4.9", "1.1359", "0"; digits beyond `places` are cut."""
    if number == 0:
        return "0"
    text = f"{number:f}"
    if "." not in text:
        return text
    whole, _, fraction = text.partition(".")
    fraction = fraction[:places].rstrip("0")
    if fraction:
        return f"{whole}.{fraction}"
    return whole if whole != "-0" else "0"


def trimmed_float(number: Decimal, places: int = 8) -> str:
    """Return the number trimmed, yet with at least one decimal: "1.1837", "0.0"."""
    text = trimmed(number, places)
    return text if "." in text else text + ".0"


def padded(number: Decimal, places: int) -> str:
    """Return the number with exactly `places` decimals: "0.010", "0.00000000"."""
    text = f"{number:.{places}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def compact(value: object) -> str:
    """Return JSON text without spaces, as the venue writes it."""
    return _encode(value).decode()


def money(number: Decimal) -> str:
    """Return an amount with the eight decimals in which account endpoints write it."""
    return padded(number, 8)
