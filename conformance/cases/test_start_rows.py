"""What the rows say that a start reads: words that are new, orders that are old, more trades than one answer holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.questions import ALL_ORDERS, ALL_STOPS, INSTRUMENTS, OPEN_ORDERS, OPEN_STOPS, POSITIONS
from conformance.cases.situations import holds_one_position, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Traders, Venue, case, limit, stop_market

_WORD = "WORD_OF_TOMORROW"
_SOON = {"timeout_connection_s": 5.0}
_HOUR_MS = 3_600_000


@dataclass(frozen=True, kw_only=True)
class NewWord(AxisValue):
    """A word that the trader cannot know, in a field of the rows that some questions are answered with."""

    routes: tuple[str, ...]
    change: Any


def _in_rows(field: str, *questions: Any) -> NewWord:
    routes = tuple(route for question in questions for route in question.routes)
    name = f"{questions[0].name}-{field.lower()}"
    return NewWord(name=name, words=f"{field} of {questions[0].name}", routes=routes, change={field: _WORD})


def _of_symbols(name: str, change: Callable[[dict[str, Any]], None]) -> NewWord:
    def changed(body: Any) -> Any:
        for row in body["symbols"]:
            if row["symbol"] != "BTCUSDT":
                change(row)
        return body

    return NewWord(
        name=f"symbols-{name}", words=f"{name} of other symbols", routes=tuple(INSTRUMENTS.routes), change=changed
    )


_ORDERS = (OPEN_ORDERS, ALL_ORDERS)
_STOPS = (OPEN_STOPS, ALL_STOPS)
WORDS = (
    *(_in_rows(field, *_ORDERS) for field in ("timeInForce", "workingType", "selfTradePreventionMode", "priceMatch")),
    *(_in_rows(field, *_ORDERS) for field in ("type", "origType", "status", "positionSide")),
    *(_in_rows(field, *_STOPS) for field in ("timeInForce", "workingType", "selfTradePreventionMode", "priceMatch")),
    *(_in_rows(field, *_STOPS) for field in ("orderType", "algoType", "algoStatus")),
    _in_rows("positionSide", POSITIONS),
    _in_rows("marginType", POSITIONS),
    _of_symbols("contract-type", lambda row: row.update(contractType=_WORD)),
    _of_symbols("underlying-type", lambda row: row.update(underlyingType=_WORD)),
    _of_symbols("order-type", lambda row: row["orderTypes"].append(_WORD)),
    _of_symbols("time-in-force", lambda row: row["timeInForce"].append(_WORD)),
    _of_symbols("filter", lambda row: row["filters"].append({"filterType": _WORD, "limit": 1})),
    _of_symbols("field", lambda row: row.update(fieldOfTomorrow={"a": 1})),
)


@case.each(
    "RECON-210",
    axes={"word": WORDS, "side": (AxisValue(name="long"), AxisValue(name="short"))},
    tier="full",
    core=["open-stops-timeinforce.long", "symbols-contract-type.long"],
    rule="General info: fields and words may be added",
    needs=["unrecordable", "other_symbols", "orders_of_others"],
    trader=_SOON,
)
async def test_start_with_new_words_knows_the_account_or_fails(
    traders: Traders, market: Market, venue: Venue, faults: Faults, word: NewWord, side: AxisValue
) -> None:
    """With a word of tomorrow in {word} and a {side} position, a start MUST know the account, or fail and say so."""
    entry, held = ("BUY", "0.010") if side.name == "long" else ("SELL", "-0.010")
    await venue.opens_position("BUY" if entry == "BUY" else "SELL", "0.010")
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("EARLIER-STOP"))
    faults.rewrite_answer(word.routes, word.change, times=None, optional=True)

    trader = await traders.try_to_start()

    if trader is None:
        return
    passes_over_what_is_free(trader)
    await trader.settles()
    await trader.has_open("EARLIER-LIMIT", "EARLIER-STOP", within_s=1.0)
    await trader.holds(held, within_s=1.0)


@case.each(
    {
        "RECON-310": {"age_h": 2, "lookback_mins": 60, "age": "two hours with a look-back of one"},
        "RECON-320": {"age_h": 8 * 24, "lookback_mins": None, "age": "eight days"},
    },
    rule="Current All Open Orders: all of them; All Orders: those of the last seven days, where no time is given",
    needs=["unrecordable", "venue_acts", "orders_of_others"],
    trader=_SOON,
)
async def test_old_open_orders_are_known(
    traders: Traders, market: Market, venue: Venue, age_h: int, lookback_mins: int | None, age: str
) -> None:
    """Orders that have been open for {age} MUST be open in a trader that starts: they may be filled any time."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("EARLIER-STOP"))
    await venue.ages(age_h * _HOUR_MS)

    trader = await traders.start(exec_engine={"reconciliation_lookback_mins": lookback_mins})

    await trader.settles()
    await trader.has_open("EARLIER-LIMIT", "EARLIER-STOP", within_s=1.0)


@case(
    "RECON-330",
    rule="Account Trade List: 500 trades unless a limit is given, at most 1000",
    needs=["unrecordable", "market_moves", "orders_of_others"],
    trader={"timeout_connection_s": 10.0},
)
async def test_more_trades_than_one_answer_holds_are_known(traders: Traders, market: Market, venue: Venue) -> None:
    """A position of more trades than one answer tells MUST be held in full, and its order with all that it filled."""
    placed = await venue.places(limit("BUY", "0.600", market.below_last("2%")).named("EARLIER-LIMIT"))
    for _ in range(510):
        await market.takes(str(placed["orderId"]), "0.001")

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.has_open("EARLIER-LIMIT")
    await holds_one_position(trader)
    await trader.holds("0.510")
