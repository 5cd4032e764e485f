"""Answers that are older than what the stream has told, and events that are older than an answer: newer news wins."""

import asyncio
from typing import Any

from conformance.cases.happenings import (
    AMENDED,
    BY_ONE_CHECK,
    CLOSED,
    FILLED,
    GROWN,
    HAPPENS,
    IN_PART,
    LEFT_LIMIT,
    LEFT_STOP,
    MORE,
    ORDERS,
    POSITIONS,
    STOPS,
    Account,
    Happens,
    Question,
)
from conformance.cases.situations import OF_ORDERS, passes_over_what_is_free
from conformance.gateway.faults.request_faults import RequestFault
from conformance.kit import (
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true

#: More than it takes any version to act on what it sees: it passes over what is young, and looks again before it does.
_LOOKS = 5
#: A check that asks for one order after the other acts once it has asked for all: an order, a stop, the order again.
_ALL_AGAIN = 3
#: How long a check passes over what has just happened: on a busy machine an answer that is read at once is older than
#: the half second of the profile.
_YOUNG_ORDERS = {"open_check_threshold_ms": 2000}
_YOUNG = {"exec_engine": {**_YOUNG_ORDERS, "position_check_threshold_ms": 2000}}


@case.each(
    "RECON-410",
    axes={
        "question": (ORDERS, STOPS, POSITIONS),
        "happens": HAPPENS,
    },
    but={
        "whether a start asks for positions before or after it hears of the other client is its own race": {
            "question": "positions",
            "happens": ("closed", "grown"),
        },
    },
    tier="full",
    core=["orders.filled", "orders.cancelled"],
    rule="User Data Streams beside Current All Open Orders and Position Information V3: an answer is of its own moment",
    needs=["unrecordable", "market_moves", "orders_of_others"],
)
async def test_what_happens_while_a_start_asks(
    traders: Traders, wire: Wire, market: Market, venue: Venue, faults: Faults, question: Question, happens: Happens
) -> None:
    """Where {happens} between a start's question for {question} and its answer, the trader MUST come to know it, once.

    The answer tells how it was before, the stream what has changed since.
    """
    await _is_prepared(venue, market)
    answered = asyncio.Event()
    held = faults.delay(question.asked, until=answered, processed=True, times=None, optional=True)

    starting = asyncio.create_task(traders.start())
    await _is_asked(held, starting=starting)
    # What it asks at the same time is answered before anything happens, and not on either side of it by luck.
    await wire.answers((ORDERS if question is POSITIONS else POSITIONS).asked, within_s=1.0)
    await happens.does(Account(venue, market))
    answered.set()
    trader = await starting

    await _is_known(trader, venue, happens)


@case.each(
    {
        "RECON-415": {"happens": FILLED},
        "RECON-416": {"happens": IN_PART},
        "RECON-417": {"happens": CLOSED},
        "RECON-418": {"happens": GROWN},
    },
    tier="full",
    core=["RECON-415", "RECON-418"],
    rule="User Data Streams beside Position Information V3: an answer is of its own moment",
    needs=["unrecordable", "market_moves", "orders_of_others"],
    profile="default",
    why="a check of positions corrects some of it, sooner or later",
)
async def test_what_a_start_is_told_of_twice(
    traders: Traders, market: Market, venue: Venue, faults: Faults, happens: Happens
) -> None:
    """Where {happens} before a start's question for its positions gets to the venue, the trader MUST know it, once.

    The answer has it already, and the stream tells of it too.
    """
    await _is_prepared(venue, market)
    done = asyncio.Event()
    held = faults.delay(POSITIONS.asked, until=done, processed=False, times=None, optional=True)

    starting = asyncio.create_task(traders.start())
    await _is_asked(held, starting=starting)
    await happens.does(Account(venue, market))
    done.set()
    trader = await starting

    await _is_known(trader, venue, happens)


@case.each(
    {"RECON-420": {"happens": FILLED}, "RECON-421": {"happens": CLOSED}},
    rule="User Data Streams beside Account Information V3: an answer is of its own moment",
    needs=["unrecordable", "market_moves", "orders_of_others"],
)
async def test_what_happens_before_the_stream_is_open(
    traders: Traders, market: Market, venue: Venue, faults: Faults, happens: Happens
) -> None:
    """Where {happens} as a start asks for its listen key, the trader MUST have the balance of after that.

    No stream tells of it, and an answer about the account may be of before.
    """
    await _is_prepared(venue, market)
    done = asyncio.Event()
    held = faults.delay("listen key", until=done, times=None)

    starting = asyncio.create_task(traders.start())
    await held.happens(within_s=15.0)
    await happens.does(Account(venue, market))
    done.set()
    trader = await starting

    passes_over_what_is_free(trader)
    await trader.settles()
    await trader.holds(await venue.position())


@case.each(
    "RECON-430",
    axes={"question": (ORDERS, POSITIONS), "happens": HAPPENS},
    tier="full",
    core=["positions.filled", "orders.in-part"],
    rule="User Data Streams beside Current All Open Orders and Position Information V3: an answer is of its own moment",
    needs=["open_check", "position_check", "unrecordable", "market_moves"],
    profile="checks",
    why="the requirement is about the questions of the periodic checks",
    trader=_YOUNG,
)
async def test_what_happens_while_a_check_asks(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, question: Question, happens: Happens
) -> None:
    """Where {happens} between a check's question for {question} and its answer, the trader MUST have it once.

    The answer tells how it was before: it undoes nothing that the stream has told since.
    """
    await _checks_meanwhile(trader, wire, Account(venue, market), faults, question, happens)
    await _is_known(trader, venue, happens)


@case.each(
    {"RECON-435": {"happens": MORE}, "RECON-436": {"happens": AMENDED}},
    tier="full",
    rule="User Data Streams beside Query Order: an answer is of its own moment",
    needs=["open_check", "unrecordable", "market_moves"],
    profile="checks",
    why="the requirement is about the questions of the periodic checks",
    trader={"exec_engine": _YOUNG_ORDERS},
)
async def test_what_happens_again_while_a_check_asks(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, happens: Happens
) -> None:
    """Where {happens} between a check's question for its orders and the answer, the order MUST stay as told since."""
    await _checks_meanwhile(trader, wire, Account(venue, market), faults, ORDERS, happens)
    await _is_known(trader, venue, happens)


async def _checks_meanwhile(
    trader: Trader, wire: Wire, account: Account, faults: Faults, question: Question, happens: Happens
) -> None:
    """Let something happen between a check's question and its answer, and require that the answer changes nothing.

    It returns once that check is over.
    """
    await _has_its_own(trader, account.market)
    if happens.before is not None:
        await happens.before(account)
        await trader.settles()
    answered = asyncio.Event()
    held = [
        faults.delay(asked, until=answered, processed=True, times=None, optional=True, **about)
        for asked, about in question.about(happens.order)
    ]
    await _is_asked(*held)
    require(any(each.applied for each in held), f"a question for {question.words} within 15 s", seen="none")
    order = trader.order(happens.order) if happens.order else None
    heard = len(order.events) if order else 0
    await happens.does(account)
    await trader.is_told()
    for each in held:
        each.times = each.applied or 1
    since = trader.moment
    answered.set()

    async def asked_again() -> bool:
        return len(wire.asked(question.asked, since=since)) >= _ALL_AGAIN

    await trader.asks_until(asked_again, question.asked, silence_s=3.0)

    # The next check may put right what this one has made of it.
    told = [event.name for event in order.events[heard:]] if order else []
    require(len(told) <= 1, "no event for an answer that is behind", seen=told)


@case.each(
    "RECON-450",
    axes={"question": BY_ONE_CHECK, "happens": HAPPENS},
    but={
        "no question for orders tells what became of a position": {
            "question": "orders",
            "happens": ("closed", "grown"),
        },
    },
    tier="full",
    core=["positions.filled", "orders.filled"],
    rule="Event: Order Update; Position Information V3: the stream may tell of something later than an answer does",
    needs=["open_check", "position_check", "unrecordable", "market_moves"],
    profile="checks",
    why="the requirement is about the questions of the periodic checks",
)
async def test_what_a_check_learns_before_the_stream(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, question: Question, happens: Happens
) -> None:
    """Where {happens} and a check that asks for {question} learns of it before the stream tells, it MUST count once."""
    await _has_its_own(trader, market)
    told = asyncio.Event()
    for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
        faults.delay_frame(event, until=told, optional=True)
    await happens.does(Account(venue, market))
    since = trader.moment

    async def looked() -> bool:
        lists = len(wire.asked(question.asked[0], since=since))
        singles = len(wire.asked(question.one, since=since)) if question.one else 0
        return lists > _LOOKS or singles > _ALL_AGAIN

    await trader.asks_until(looked, question.asked, silence_s=5.0)
    told.set()

    await _is_known(trader, venue, happens)


async def _is_prepared(venue: Venue, market: Market) -> None:
    await venue.opens_position("BUY", "0.010")
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named(LEFT_LIMIT))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named(LEFT_STOP))


async def _has_its_own(trader: Trader, market: Market) -> None:
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    for request in (
        limit("BUY", "0.010", market.below_last("2%")).named(LEFT_LIMIT),
        stop_market("SELL", "0.010", trigger=market.below_last("3%")).named(LEFT_STOP),
    ):
        order = await trader.submit(request)
        await order.reaches("ACCEPTED")
    await trader.settles()


async def _is_asked(*held: RequestFault, starting: asyncio.Future[Trader] | None = None) -> None:
    """Wait until the venue has answered one that is held; a start may ask nothing of the kind."""
    asked = [asyncio.ensure_future(each.happens(within_s=15.0)) for each in held]
    either: list[asyncio.Future[Any]] = [*asked] if starting is None else [*asked, starting]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    for each in asked:
        each.cancel()


async def _is_known(trader: Trader, venue: Venue, happens: Happens) -> None:
    passes_over_what_is_free(trader)
    await trader.settles()
    await trader.holds(await venue.position(), within_s=1.0)
    if happens.order:
        await venue.confirms(trader.order(happens.order), happens.status, within_s=1.0)


@case(
    "RECON-470",
    rule="Query Order, Query Algo Order: by the id that the venue has, whoever gave it",
    needs=["open_check", "unrecordable", "market_moves", "orders_of_others"],
    profile="checks",
    why="the requirement is about the questions of the periodic checks",
)
async def test_checks_leave_what_others_placed(traders: Traders, wire: Wire, market: Market, venue: Venue) -> None:
    """An order and a stop that another client placed before the start MUST stay open, whatever the checks ask."""
    await _is_prepared(venue, market)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await trader.has_open(LEFT_LIMIT, LEFT_STOP)
    since = trader.moment

    async def asked() -> bool:
        return bool(wire.asked(STOPS.asked, since=since))

    await comes_true(trader.history, asked, within_s=5.0)

    await trader.has_its_answers()
    await trader.has_open(LEFT_LIMIT, LEFT_STOP, within_s=1.0)
