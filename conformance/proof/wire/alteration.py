"""How a faulty adapter gets a value wrong: another value that could stand there, never one that cannot be read."""

import re
from decimal import Decimal
from typing import Any

_SWAPS = (
    ("BUY", "SELL"),
    ("LONG", "SHORT"),
    ("GTC", "IOC"),
    ("GTX", "GTC"),
    ("GTD", "GTC"),
    ("FOK", "IOC"),
    ("LIMIT", "MARKET"),
    ("STOP_MARKET", "TAKE_PROFIT_MARKET"),
    ("STOP", "TAKE_PROFIT"),
    ("TRAILING_STOP_MARKET", "STOP_MARKET"),
    ("MARK_PRICE", "CONTRACT_PRICE"),
    ("NEW", "CANCELED"),
    ("PARTIALLY_FILLED", "FILLED"),
    ("EXPIRED", "NEW"),
    ("TRADE", "NEW"),
    ("TRIGGERED", "NEW"),
    ("FINISHED", "CANCELED"),
    ("MAKER", "TAKER"),
    ("ACCEPTED", "CANCELED"),
    ("INITIALIZED", "ACCEPTED"),
    ("SUBMITTED", "ACCEPTED"),
    ("USDT", "BTC"),
    ("CROSSED", "ISOLATED"),
    ("CROSS", "ISOLATED"),
    ("ACK", "RESULT"),
    ("BOTH", "LONG"),
)
_OTHER: dict[str, str] = {}
for _one, _two in _SWAPS:
    _OTHER.setdefault(_one, _two)
    _OTHER.setdefault(_two, _one)
# One way only: two symbols that change places would make another market that is as sound.
_OTHER["BTCUSDT"] = "ETHUSDT"
#: Milliseconds since 1970; the venue keeps whole seconds of some.
_DIGITS_OF_A_TIME, _MINUTE_MS = 13, 60_000
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
#: A code of the venue's, which a reason quotes: -2011.
_CODE = re.compile(r"(?<![\d.])-\d{4,5}(?!\d)")


def altered(value: Any) -> Any:
    """Return another value of the same kind: a flag the other way, another word of its list, another figure.

    A sentence that quotes a code of the venue's quotes another.
    """
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return int(_figure(str(value)))
    if isinstance(value, float):
        return value + 1.0
    if not isinstance(value, str):
        return value
    if value.lower() in ("true", "false"):
        other = "false" if value.lower() == "true" else "true"
        return other.title() if value[0].isupper() else other
    if value in _OTHER:
        return _OTHER[value]
    if _NUMBER.fullmatch(value):
        return _figure(value)
    if code := _CODE.search(value):
        return f"{value[: code.start()]}{int(code[0]) - 1}{value[code.end() :]}"
    return f"{value[:-1]}{'Y' if value.endswith('X') else 'X'}"


def _figure(text: str) -> str:
    """Return a figure that differs visibly and keeps its precision: doubled, or 1 for 0; a time is a minute later."""
    if "." not in text:
        return str(int(text) + (_MINUTE_MS if len(text) == _DIGITS_OF_A_TIME else 1))
    figure = Decimal(text)
    return f"{figure * 2 if figure else figure + 1:f}"
