"""Single frames of the user stream: told twice, unreadable, of tomorrow, or in another order than usual."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.cases.stream_lives import AT_ONCE, IN_PARTS, LIVES, STOP_FILLED, Life, Told, is_lived_once
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, case

_ORDER = "ORDER_TRADE_UPDATE"
_ALGO = "ALGO_UPDATE"


@dataclass(frozen=True, kw_only=True)
class Again(AxisValue):
    """When a frame comes for the second time."""

    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class Twice(AxisValue):
    """Which events come twice: by their fields, in the words of both services."""

    of_order: tuple[str, ...]
    of_stop: tuple[str, ...]


AT_ONCE_AGAIN = Again(name="at-once", words="at once")
LATER = Again(name="later", words="after the next one", after=_ORDER)
ACCEPTED = Twice(name="acceptance", words="acceptance", of_order=("NEW",), of_stop=("NEW",))
FOLLOWING = Twice(
    name="rest",
    words="trade, amendment, trigger and end",
    of_order=("TRADE", "AMENDMENT", "CANCELED", "EXPIRED"),
    of_stop=("TRIGGERING", "TRIGGERED", "FINISHED", "CANCELED", "EXPIRED"),
)


@case.each(
    "STRM-300",
    axes={"life": LIVES, "twice": (ACCEPTED, FOLLOWING), "again": (AT_ONCE_AGAIN, LATER)},
    tier="full",
    core=[
        "in-parts.acceptance.at-once",
        "in-parts.rest.at-once",
        "expired.rest.at-once",
        "stop-cancelled.rest.at-once",
    ],
    rule="User Data Streams: two connections of one listen key are told the same, and may overlap",
    upstream=["#3861"],
    needs=["market_moves", "venue_acts", "unrecordable", "expiries"],
)
async def test_told_twice_happens_once(
    trader: Trader, market: Market, venue: Venue, faults: Faults, life: Life, twice: Twice, again: Again
) -> None:
    """Of {life}, whose {twice} is told twice, the second time {again}, everything MUST happen once."""
    for told in twice.of_order:
        faults.duplicate(_ORDER, after=again.after, times=None, optional=True, x=told)
    for told in twice.of_stop:
        faults.duplicate(_ALGO, after=again.after, times=None, optional=True, X=told)
    if twice is FOLLOWING:
        for event in ("TRADE_LITE", "ACCOUNT_UPDATE"):
            faults.duplicate(event, after=again.after, times=None, optional=True)

    await is_lived_once(Told(trader, market, venue), life)


@dataclass(frozen=True, kw_only=True)
class Stranger(AxisValue):
    """What comes before a frame that the trader has to hear: an event, or any text."""

    comes: Mapping[str, Any] | str


_NOW_MS = 1_790_000_000_000
_HALF = '{"e":"ORDER_TRADE_UPDATE","T":1790000000000,"E":1790000000000,"o":{"s":"BTC'
STRANGERS: tuple[Stranger, ...] = (
    Stranger(name="half", words="half of an event", comes=_HALF),
    Stranger(name="page", words="a page", comes="<html><body>Bad Gateway</body></html>"),
    Stranger(name="empty", words="an empty text", comes=""),
    Stranger(name="null", words="null", comes="null"),
    Stranger(name="list", words="a list", comes="[]"),
    Stranger(name="no-type", words="an object without an event type", comes={"E": _NOW_MS, "x": {}}),
    Stranger(name="error", words="an error", comes='{"error":{"code":2,"msg":"Invalid request"},"id":1}'),
    Stranger(name="confirmation", words="a confirmation", comes='{"result":null,"id":1}'),
    Stranger(name="new-type", words="an event of a new type", comes={"e": "EVENT_OF_TOMORROW", "E": _NOW_MS, "o": {}}),
    Stranger(
        name="no-order",
        words="an order update without its order",
        comes={"e": _ORDER, "T": _NOW_MS, "E": _NOW_MS},
    ),
    Stranger(
        name="margin-call",
        words="a margin call",
        comes={"e": "MARGIN_CALL", "E": _NOW_MS, "cw": "3.16812045", "p": []},
    ),
    Stranger(
        name="multi-assets",
        words="a change of the multi-assets mode",
        comes={"e": "ACCOUNT_CONFIG_UPDATE", "T": _NOW_MS, "E": _NOW_MS, "ai": {"j": True}},
    ),
    Stranger(
        name="strategy",
        words="an event of a strategy",
        comes={
            "e": "STRATEGY_UPDATE",
            "T": _NOW_MS,
            "E": _NOW_MS,
            "su": {"si": 1, "st": "GRID", "ss": "NEW", "s": "BTCUSDT", "ut": _NOW_MS, "c": 8007},
        },
    ),
    Stranger(
        name="trigger-reject",
        words="a rejection in the words of before the Algo service",
        comes={
            "e": "CONDITIONAL_ORDER_TRIGGER_REJECT",
            "T": _NOW_MS,
            "E": _NOW_MS,
            "or": {"s": "BTCUSDT", "i": 155618472834, "r": "Due to the order could not be filled immediately"},
        },
    ),
)


@case.each(
    "STRM-320",
    axes={"stranger": STRANGERS, "life": (IN_PARTS, STOP_FILLED)},
    tier="full",
    core=["half.in-parts", "new-type.stop-filled"],
    rule="User Data Streams: unknown event types may appear; a stream is a sequence of texts",
    needs=["market_moves", "venue_acts", "unrecordable"],
    profile="quiet",
    why="the in-flight check would ask for what is not heard",
)
async def test_what_it_cannot_read_keeps_it_from_nothing(
    trader: Trader, market: Market, venue: Venue, faults: Faults, stranger: Stranger, life: Life
) -> None:
    """{stranger} before each event of {life} MUST be passed over, and every event itself be heard."""
    for event in (_ORDER, _ALGO):
        faults.precede(event, stranger.comes, times=None, optional=True)

    await is_lived_once(Told(trader, market, venue), life)


@dataclass(frozen=True, kw_only=True)
class Word(AxisValue):
    """A field of an order's events that has a word (or number) in it that nobody knows yet, or fields of tomorrow."""

    fields: Mapping[str, Any] = field(default_factory=dict)


WORDS = (
    Word(name="type", words="order type", fields={"o": "TYPE_OF_TOMORROW", "ot": "TYPE_OF_TOMORROW"}),
    Word(name="time-in-force", words="time in force", fields={"f": "TIF_OF_TOMORROW"}),
    Word(name="self-trade", words="self-trade prevention", fields={"V": "EXPIRE_TOMORROW"}),
    Word(name="price-match", words="price match", fields={"pm": "OPPONENT_100"}),
    Word(name="working-type", words="working type", fields={"wt": "INDEX_PRICE"}),
    Word(name="expiry-reason", words="expiry reason", fields={"er": "99"}),
)


@case.each(
    "STRM-340",
    axes={"word": WORDS, "life": LIVES},
    tier="full",
    core=["type.in-parts", "time-in-force.stop-cancelled"],
    rule="Event: Order Update; Event: Algo Order Update: words may be added",
    needs=["market_moves", "venue_acts", "unrecordable"],
    profile="quiet",
    why="the in-flight check would ask for what is not heard",
)
async def test_new_word_loses_no_event(
    trader: Trader, market: Market, venue: Venue, faults: Faults, word: Word, life: Life
) -> None:
    """A new {word} in each event of {life} MUST lose none of them: the order ends, and fills, as at the venue."""
    for event in (_ORDER, _ALGO):
        faults.rewrite(event, _with(word.fields), times=None, optional=True)

    await is_lived_once(Told(trader, market, venue), life)


@case(
    "STRM-360",
    rule="User Data Streams: fields may be added",
    needs=["market_moves", "venue_acts", "unrecordable"],
    profile="quiet",
    why="the in-flight check would ask for what is not heard",
)
async def test_new_fields_lose_no_event(trader: Trader, market: Market, venue: Venue, faults: Faults) -> None:
    """With fields in every event that nobody knows yet, an order that fills in parts MUST be told of as ever."""
    fields = {"zz": "of tomorrow", "zn": 17, "zo": {"a": ["b"]}}
    for event in (_ORDER, "TRADE_LITE", "ACCOUNT_UPDATE"):
        faults.rewrite(event, _with(fields, add=True), times=None, optional=True)

    await is_lived_once(Told(trader, market, venue), IN_PARTS)


def _with(fields: Mapping[str, Any], *, add: bool = False) -> Callable[[dict[str, Any]], Any]:
    """Return a change that sets those of the fields that an event's order has; to `add` them, in every place."""

    def change(event: dict[str, Any]) -> Any:
        for place in (event, event.get("o"), event.get("a")):
            if isinstance(place, dict) and (add or place is not event):
                place.update({name: value for name, value in fields.items() if add or name in place})
        return event

    return change


@case.each(
    "STRM-380",
    axes={"life": (IN_PARTS, AT_ONCE, STOP_FILLED), "late": ("balance-first", "balance-last", "lite-last")},
    but={"what rests is accepted long before": {"life": "in-parts", "late": "balance-first"}},
    tier="full",
    core=["at-once.balance-first"],
    rule="User Data Streams: events of one type come in order; of two types either may come first",
    needs=["market_moves", "venue_acts", "unrecordable"],
    profile="quiet",
    why="the in-flight check would ask for what is not heard",
)
async def test_order_among_types_does_not_matter(
    trader: Trader, market: Market, venue: Venue, faults: Faults, life: Life, late: str
) -> None:
    """Of {life} whose events come {late}, the trader MUST tell as of any other."""
    if late == "balance-first":
        faults.reorder(_ORDER, after="ACCOUNT_UPDATE", x="NEW")
    else:
        event = "ACCOUNT_UPDATE" if late == "balance-last" else "TRADE_LITE"
        faults.reorder(event, after=_ORDER, after_fields={"x": "TRADE"}, times=None, optional=True)

    await is_lived_once(Told(trader, market, venue), life)
