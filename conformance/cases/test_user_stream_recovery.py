"""How the user stream is got back when the venue is not well: it refuses a listen key, or what is asked afterwards."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.inherited import NAME
from conformance.cases.situations import UNCHECKED
from conformance.cases.stream_losses import (
    CANCELLED,
    FILLED,
    IN_PART,
    KEY_EXPIRED,
    RESET,
    STOP_CANCELLED,
    Loss,
    Meanwhile,
    Stream,
    goes_on_in_a_gap,
    goes_on_unheard,
    holds_something,
    while_it_asks,
)
from conformance.kit import AxisValue, Faults, Market, Trader, Traders, UserStream, Venue, case, limit
from conformance.kit.waiting import comes_true

_NEW_KEY = "POST /fapi/v1/listenKey"
_UNAVAILABLE = {"code": -1000, "msg": "Unknown error, please check your request or try again later."}
_TOO_MANY = {"code": -1003, "msg": "Too many requests."}
_BALANCE = "the trader's balance is not the venue's"
_FREE = "the trader's free balance is more than the venue has available"


@dataclass(frozen=True, kw_only=True)
class Refusal(AxisValue):
    """How a question is not answered, for a number of times; `meets` arms it."""

    meets: Callable[..., object]


REFUSALS = (
    Refusal(
        name="503",
        words="with 503",
        meets=lambda faults, route, **how: faults.answer(route, 503, _UNAVAILABLE, **how),
    ),
    Refusal(
        name="429",
        words="with 429",
        meets=lambda faults, route, **how: faults.answer(route, 429, _TOO_MANY, headers={"Retry-After": "0"}, **how),
    ),
    Refusal(
        name="page",
        words="with a page",
        meets=lambda faults, route, **how: faults.garble(route, status=502, processed=False, **how),
    ),
    Refusal(
        name="reset",
        words="with a reset connection",
        meets=lambda faults, route, **how: faults.drop(route, processed=False, **how),
    ),
)


@case.each(
    "STRM-400",
    axes={"loss": (RESET, KEY_EXPIRED), "refusal": REFUSALS, "times": ("once", "thrice")},
    tier="full",
    core=["key-expired.429.once"],
    rule="Start User Data Stream: a listen key is had again once the venue is well",
    needs=["unrecordable", "venue_acts"],
)
async def test_refused_listen_key_is_asked_for_again(
    trader: Trader,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    refusal: Refusal,
    times: str,
) -> None:
    """A listen key refused {refusal}, {times}, for a stream that {loss}, MUST be asked for again until it is had."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    refusal.meets(faults, _NEW_KEY, times=1 if times == "once" else 3, optional=True)

    # Who backs off, rightly, is at it for some seconds after the third refusal.
    within_s = 4.0 if times == "once" else 10.0
    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again(within_s=within_s)
    await trader.settles()
    await user_stream.is_open_again(within_s=within_s)

    await order.cancel()
    await order.reaches("CANCELED", within_s=2.0)


@dataclass(frozen=True, kw_only=True)
class Question(AxisValue):
    """What a trader asks after a reconnect, and what only its answer can tell."""

    asked: tuple[str, ...]
    tells: Meanwhile
    at_once: int = 1
    """How often a version asks it at once: which of them were refused would be chance."""


QUESTIONS = (
    Question(name="open-orders", words="for open orders", asked=("open orders order", "query order"), tells=CANCELLED),
    Question(name="orders", words="for all orders", asked=("all orders order", "query order"), tells=CANCELLED),
    Question(name="trades", words="for trades", asked=("trades",), tells=FILLED),
    Question(name="positions", words="for positions", asked=("positions",), tells=IN_PART, at_once=3),
    Question(name="stops", words="for open stops", asked=("open orders stop", "query stop"), tells=STOP_CANCELLED),
)


@case.each(
    "STRM-420",
    axes={"question": QUESTIONS, "refusal": REFUSALS},
    tier="full",
    core=["orders.429"],
    rule="HTTP return codes: a question that was not answered is no answer; it can be asked again",
    upstream=["#3861"],
    needs=["unrecordable", "market_moves", "venue_acts"],
)
async def test_unanswered_question_after_a_reconnect_is_asked_again(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    question: Question,
    refusal: Refusal,
) -> None:
    """A question {question} after a reconnect, refused {refusal} once, MUST be asked again, and believed then."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, question.tells)
    trader.may_differ(_BALANCE, why="STRM-220 is about the balance")
    refusal.meets(faults, question.asked, times=question.at_once, optional=True)

    await goes_on_unheard(stream, question.tells, RESET)

    await trader.settles()
    await venue.confirms(trader.order(NAME), question.tells.status)
    await trader.holds(await venue.position(), within_s=2.0)


@case.each(
    "STRM-440",
    axes={"question": QUESTIONS, "loss": (RESET, KEY_EXPIRED)},
    tier="full",
    core=["open-orders.reset"],
    rule="User Data Streams: the stream tells what happens, whatever is asked beside it",
    needs=["unrecordable", "market_moves", "venue_acts"],
)
async def test_hanging_question_keeps_it_from_no_event(
    trader: Trader,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    question: Question,
    loss: Loss,
) -> None:
    """A question {question} that hangs after a stream that {loss} MUST NOT keep the trader from events that follow."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    trader.may_differ(_FREE, why="ACC-210 is about what is free")
    faults.hang(question.asked, processed=False, times=1, optional=True)

    await loss.happens(Stream(venue, market, faults, user_stream))
    await user_stream.is_open_again(within_s=5.0)
    # The next event is what makes some versions ask.
    await venue.changes_leverage(10)
    await user_stream.is_open_again(within_s=5.0)

    # By another client: of a cancellation of its own the trader would ask.
    await venue.cancels(accepted["venue_order_id"])
    await order.reaches("CANCELED", within_s=3.0)


@case.each(
    "STRM-460",
    axes={
        "loss": (RESET, KEY_EXPIRED),
        "meanwhile": (FILLED, CANCELLED),
        "asked": tuple(each for each in QUESTIONS if each.name in ("open-orders", "orders", "trades")),
    },
    rule="Current All Open Orders and the stream are two ways: what happens between two answers is told by neither",
    # RECON-430 is about what a periodic check asks meanwhile.
    trader=UNCHECKED,
    needs=["unrecordable", "market_moves", "venue_acts"],
    tier="full",
    core=["reset.cancelled.trades"],
)
async def test_what_happens_while_it_asks_is_learned(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
    asked: Question,
) -> None:
    """After a stream that {loss}, that {meanwhile} while the trader asks {asked} MUST be learned, once."""
    stream = Stream(venue, market, faults, user_stream)
    await goes_on_in_a_gap(traders, stream, meanwhile, loss, while_it_asks(asked.asked[0]))


@case(
    "STRM-480",
    rule="Event: User Data Stream Expired names the listen key that has expired",
    needs=["unrecordable", "venue_acts"],
)
async def test_expiry_of_another_key_ends_nothing(trader: Trader, market: Market, venue: Venue, faults: Faults) -> None:
    """The expiry of a listen key that is not the stream's MUST NOT cost an event that follows it."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    stale = {"e": "listenKeyExpired", "E": 1_790_000_000_000, "listenKey": "OfAnotherSession"}
    # One that takes it for its own hangs up; what happens before it listens again is what it costs.
    happened = asyncio.Event()
    held = faults.delay("POST /fapi/v1/listenKey", until=happened, optional=True)

    async def asks() -> bool:
        return bool(held.applied)

    faults.precede("ACCOUNT_CONFIG_UPDATE", stale)
    await venue.changes_leverage(10)
    await comes_true(trader.history, asks, within_s=0.5)
    await venue.cancels(accepted["venue_order_id"])
    happened.set()

    await order.reaches("CANCELED", within_s=3.0)
