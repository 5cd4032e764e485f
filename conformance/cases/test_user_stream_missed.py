"""What happens while the user stream is away: nothing is sent again, so the trader has to ask."""

import asyncio

from conformance.cases.inherited import NAME
from conformance.cases.questions import ALL_ORDERS, EVERY, OPEN_ORDERS
from conformance.cases.situations import SEVERAL_POSITIONS, UNCHECKED
from conformance.cases.stream_losses import (
    AMENDED,
    CANCELLED,
    FILLED,
    HELD,
    IN_PART,
    LOSSES,
    MEANWHILE,
    NOTHING,
    PART_CANCELLED,
    POSITION_CLOSED,
    RESET,
    STOP_CANCELLED,
    TELLING,
    TRIGGERED,
    Loss,
    Meanwhile,
    Stream,
    goes_on_unheard,
    holds_something,
)
from conformance.history.entries import Event
from conformance.kit import (
    Faults,
    Market,
    Trader,
    Traders,
    UserStream,
    Venue,
    case,
    market_order,
    require,
)
from conformance.kit.waiting import comes_true

_RULE = "User Data Streams: no replay of events missed while disconnected"


@case(
    "STRM-140",
    rule=_RULE,
    card="TC-E84",
    needs=["unrecordable"],
    upstream=["#4736"],
)
async def test_reopened_stream_with_nothing_missed_changes_nothing(trader: Trader, user_stream: UserStream) -> None:
    """When the stream is open again and nothing has changed meanwhile, the trader MUST fill and change nothing."""
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await trader.holds("0.010")
    since = trader.moment

    await user_stream.drops()
    await user_stream.is_open_again()

    await trader.stays_quiet(since=since)
    positions = (await trader.books())["positions"]
    require(len(positions) == 1, "one position a symbol", seen=positions)


async def _is_learned(
    traders: Traders, stream: Stream, loss: Loss, meanwhile: Meanwhile, *, within_s: float = 3.0
) -> None:
    trader = await holds_something(traders, stream, meanwhile)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    since = trader.moment

    await goes_on_unheard(stream, meanwhile, loss)

    await trader.settles()
    if meanwhile in (NOTHING, HELD):
        await stream.user_stream.is_open_again()
        await trader.stays_quiet(since=since)
    await _stands_as_at_the_venue(trader, stream.venue, meanwhile, within_s)


async def _stands_as_at_the_venue(trader: Trader, venue: Venue, meanwhile: Meanwhile, within_s: float) -> None:
    order = trader.order(NAME)
    await venue.confirms(order, meanwhile.status or None, within_s=within_s)
    await trader.holds(await venue.position(), within_s=within_s)
    await trader.settles()
    await venue.confirms(order, within_s=1.0)
    await trader.holds(await venue.position(), within_s=1.0)


@case.each(
    "STRM-200",
    axes={"loss": LOSSES, "meanwhile": MEANWHILE},
    tier="full",
    core=[
        "reset.held",
        "reset.filled",
        "closed.in-part",
        "key-expired.nothing",
        "key-expired-refused.cancelled",
        "keep-alive-refused.nothing",
        "keep-alive-refused.stop-cancelled",
    ],
    rule=f"{_RULE}; Event: User Data Stream Expired; Keepalive User Data Stream",
    card="TC-E84",
    upstream=["#3861", "#4736"],
    needs=["unrecordable", "market_moves", "venue_acts"],
)
async def test_missed_is_learned(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
) -> None:
    """A stream that {loss} MUST be opened again, and that {meanwhile} MUST be learned by its next event."""
    await _is_learned(traders, Stream(venue, market, faults, user_stream), loss, meanwhile)


@case.each(
    "STRM-205",
    axes={"loss": LOSSES, "meanwhile": MEANWHILE},
    tier="full",
    core=["reset.cancelled"],
    rule=f"{_RULE}; Event: User Data Stream Expired; Keepalive User Data Stream",
    card="TC-E84",
    upstream=["#3861", "#4736"],
    needs=["unrecordable", "market_moves", "venue_acts"],
    profile="quiet",
    why="what is learned must not depend on a check that asks anyway",
)
async def test_missed_is_learned_without_any_check(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
) -> None:
    """With no check on, a stream that {loss} MUST be opened again, and that {meanwhile} be learned."""
    await _is_learned(traders, Stream(venue, market, faults, user_stream), loss, meanwhile)


@case.each(
    "STRM-210",
    axes={"loss": LOSSES, "meanwhile": MEANWHILE},
    but={
        "whether a check or the reconnect comes first to what is filled is their own race, STRM-216 to 219 decide it": {
            "meanwhile": ("filled", "in-part", "part-cancelled", "triggered", "position-closed"),
        },
    },
    tier="full",
    core=["closed.cancelled"],
    rule=f"{_RULE}; Event: User Data Stream Expired; Keepalive User Data Stream",
    card="TC-E84",
    upstream=["#3861", "#4736", "#3622"],
    needs=["unrecordable", "market_moves", "venue_acts", "open_check", "position_check"],
    profile="checks",
    why="checks ask for the same as a reconnect does, at the same time, and nothing may count twice",
)
async def test_missed_is_learned_beside_the_checks(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    loss: Loss,
    meanwhile: Meanwhile,
) -> None:
    """Beside the checks, a stream that {loss} MUST be opened again, and that {meanwhile} be learned, once."""
    # The checks of 2.x ask several times before they conclude that an order is gone.
    await _is_learned(traders, Stream(venue, market, faults, user_stream), loss, meanwhile, within_s=5.0)


@case.each(
    {
        "STRM-216": {"meanwhile": IN_PART},
        "STRM-217": {"meanwhile": FILLED},
        "STRM-218": {"meanwhile": POSITION_CLOSED},
        "STRM-219": {"meanwhile": TRIGGERED},
    },
    tier="full",
    core=["STRM-218"],
    rule=f"{_RULE}; Position Information V3 and All Orders tell of one trade alike",
    upstream=["#3622"],
    needs=["unrecordable", "market_moves", "venue_acts", "position_check"],
    profile="checks",
    why="what the check of positions concludes, a reconnect's questions about orders tell as well",
    # A held question of the check of orders holds up that of positions, which is behind it.
    trader=UNCHECKED,
)
async def test_what_a_check_concludes_is_not_counted_again(
    traders: Traders, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, meanwhile: Meanwhile
) -> None:
    """Where a check sees by the position that {meanwhile}, the orders that are told of later MUST NOT count again."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, meanwhile)
    trader.may_differ("the trader's balance is not the venue's", why="STRM-220 is about the balance")
    if meanwhile is POSITION_CLOSED:
        trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")
    since = len(trader.history)
    concluded = asyncio.Event()
    for question in (OPEN_ORDERS, ALL_ORDERS):
        faults.delay(question.routes, until=concluded, times=None, optional=True)

    async def has_concluded() -> bool:
        return any(each.name == "OrderFilled" for each in trader.history.of(Event, since=since))

    await goes_on_unheard(stream, meanwhile, RESET)
    # Whoever concludes nothing from a position alone learns it from the orders.
    await comes_true(trader.history, has_concluded, within_s=2.0)
    concluded.set()

    await _stands_as_at_the_venue(trader, venue, meanwhile, within_s=5.0)


@case.each(
    {
        "STRM-231": {"meanwhile": FILLED},
        "STRM-232": {"meanwhile": IN_PART},
        "STRM-233": {"meanwhile": CANCELLED},
        "STRM-234": {"meanwhile": PART_CANCELLED},
        "STRM-235": {"meanwhile": TRIGGERED},
        "STRM-236": {"meanwhile": STOP_CANCELLED},
        "STRM-237": {"meanwhile": POSITION_CLOSED},
        "STRM-238": {"meanwhile": AMENDED},
    },
    tier="full",
    core=["STRM-233", "STRM-234", "STRM-237"],
    rule=f"{_RULE}; Query Order, Position Information V3: what is, whatever was heard of it",
    upstream=["#3622", "#4730"],
    needs=["unrecordable", "market_moves", "venue_acts", "open_check", "position_check", "orders_of_others"],
    profile="checks",
    why="where the stream is mute, only the checks can find it",
)
async def test_missed_on_a_mute_stream_is_found_by_the_checks(
    traders: Traders, market: Market, venue: Venue, faults: Faults, user_stream: UserStream, meanwhile: Meanwhile
) -> None:
    """On a stream that stays open and tells nothing, the checks MUST find that {meanwhile}."""
    stream = Stream(venue, market, faults, user_stream)
    # The check of orders passes over one that is younger than its threshold, which is the check of positions' chance to
    # come first: without a threshold it is always the check of orders that decides.
    trader = await holds_something(traders, stream, meanwhile, exec_engine={"open_check_threshold_ms": 0})
    trader.may_differ("the trader's balance is not the venue's", why="no event and no check tells of the balance")
    if meanwhile is POSITION_CLOSED:
        trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")
    for event in TELLING:
        faults.lose(event, times=None, optional=True)
    # A check in the middle of what happens would find the half of it.
    happened = asyncio.Event()
    faults.delay(EVERY.routes, until=happened, times=None, optional=True)

    await meanwhile.happens(stream)
    happened.set()

    await _stands_as_at_the_venue(trader, venue, meanwhile, within_s=5.0)


@case.each(
    {"STRM-220": {"meanwhile": FILLED}, "STRM-221": {"meanwhile": POSITION_CLOSED}},
    tier="full",
    core=["STRM-221"],
    rule="Event: Balance and Position Update; Account Information",
    needs=["unrecordable", "market_moves", "venue_acts", "orders_of_others"],
)
async def test_balance_missed_is_learned(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    meanwhile: Meanwhile,
) -> None:
    """What was missed while {meanwhile} MUST be learned of the balance as well once the stream is open again."""
    stream = Stream(venue, market, faults, user_stream)
    trader = await holds_something(traders, stream, meanwhile)
    trader.may_differ("the trader's position is not the venue's", why="STRM-200 is about the position")
    trader.may_differ(SEVERAL_POSITIONS, why="STRM-200 is about the position")

    await goes_on_unheard(stream, meanwhile, RESET)

    # Invariant 8 judges the balance.
    await trader.settles()
    await user_stream.is_open_again()
    await trader.settles()
