"""Client order ids: whose order a request, an answer or an event is about, whatever a version makes of the id."""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits

#: The venue's own rule for them: binance-usdm, 10.9.
FORM = re.compile(r"^[.A-Z:/a-z0-9_-]{1,36}$")
#: The parameters that name an order by its client order id; the first two give a new order its name.
NEW_ID_PARAMETERS = ("newClientOrderId", "clientAlgoId")
PARAMETERS = (*NEW_ID_PARAMETERS, "origClientOrderId")
#: NautilusTrader 2.x begins its ids with its broker's, and packs what follows (nautilus-v2.md, section 3): `R` and
#: an id as it is, `T` or `t` and the strategy's own `O-20260131-142530-001-002-7`, `U` or `u` and a UUID; the small
#: letters are of ids without hyphens. From September 2026 on (#5055) an `A` in the hyphen's place is of a strategy's
#: own with one tag of one or two signs.
_BROKERED = re.compile(r"x-(?:[A-Za-z0-9]+-([RTtUu])(.+)|[A-Za-z0-9]{8}(A)([A-Za-z0-9]{13}))", re.DOTALL)
_DIGITS = {digit: value for value, digit in enumerate(digits + ascii_uppercase + ascii_lowercase)}
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
#: Distinguishes the orders of one run from those of the next, on an account that outlives both (`worlds.testnet`).
_RUN_MARK = re.compile(r"(?<=.)\.[0-9a-z]{6}$")


def own_id(raw: str) -> str:
    """Return the trader's own id from the one on the wire: what 2.x has packed behind its broker's prefix.

    An id that is packed in no such way is returned as it is.
    """
    return _unpacked(raw) if raw.startswith("x-") else raw


@lru_cache(maxsize=1024)
def _unpacked(raw: str) -> str:
    found = _BROKERED.fullmatch(raw)
    if found is None:
        return raw
    kind, packed = found[1] or found[3], found[2] or found[4]
    try:
        return packed if kind == "R" else _UNPACK[kind](_number(packed))
    except (KeyError, ValueError, OverflowError):
        return raw


def _number(packed: str) -> int:
    """Return what digits of the base 62 stand for."""
    number = 0
    for digit in packed:
        number = number * len(_DIGITS) + _DIGITS[digit]
    return number


def _uuid(number: int) -> str:
    return str(uuid.UUID(int=number))


def _of_strategy(number: int) -> str:
    """Return the id that a strategy's order factory made: its second, the tags of trader and strategy, and a count.

    32 bits of seconds since 2020, 10 of each tag, 20 of the count.
    """
    trader, strategy = number >> 30 & 0x3FF, number >> 20 & 0x3FF
    return f"O-{_second(number >> 40)}-{trader:03}-{strategy:03}-{number & 0xFFFFF}"


def _with_short_tag(number: int) -> str:
    """Return such an id: 32 bits of seconds, one that says whose the short tag is, 12 of it, 10 of the other, 22."""
    short, other = _letters(number >> 32 & 0xFFF), f"{number >> 22 & 0x3FF:03}"
    tags = f"{other}-{short}" if number >> 44 & 1 else f"{short}-{other}"
    return f"O-{_second(number >> 45)}-{tags}-{number & 0x3FFFFF}"


def _letters(number: int) -> str:
    """Return a tag: 1 to 62 are those of one sign, then come those of two."""
    signs, base = "".join(_DIGITS), len(_DIGITS)
    if number <= base:
        return signs[number - 1]
    first, second = divmod(number - base - 1, base)
    return signs[first] + signs[second]


def _second(number: int) -> str:
    if number >> 32:
        raise ValueError("more seconds than are ever packed")
    return f"{_EPOCH + timedelta(seconds=number):%Y%m%d-%H%M%S}"


_UNPACK: Mapping[str, Callable[[int], str]] = {
    "T": _of_strategy,
    "t": lambda number: _of_strategy(number).replace("-", ""),
    "U": _uuid,
    "u": lambda number: _uuid(number).replace("-", ""),
    "A": _with_short_tag,
}


def case_id(raw: str) -> str:
    """Return the id that a case gave its order: the trader's own, without the mark of a run.

    `x-aHRE4BCj-RSTOP-1` and `STOP-1` are the same order of the same case, and so is `STOP-1.k3f9x1`, as it is called
    on an account that had a `STOP-1` before.
    """
    return _RUN_MARK.sub("", own_id(raw))


def id_in(params: Mapping[str, str]) -> str | None:
    """Return the trader's own id of the order that a request names by its client order id, or None."""
    return next((own_id(params[name]) for name in PARAMETERS if params.get(name)), None)
