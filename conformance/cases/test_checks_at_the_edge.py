"""The periodic checks at the edges: small differences, old orders, two legs, clocks that differ, open orders alone."""

from conformance.cases.inherited import FOREIGN, LIMIT, NAME, PARTIAL, STOP, STOP_LIMIT, TRAILING, Estate, Left
from conformance.cases.situations import OF_ORDERS, SEVERAL_POSITIONS, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
)

_RULE = "Position Information V3: what a position is, whatever was heard of it"
_BALANCE = "the trader's balance is not the venue's"
#: After five misses 1.x concludes that an order is gone.
_CHECKED = 8
_HOUR_MS = 3_600_000
_NO_SUCH_ORDER = {"code": -2013, "msg": "Order does not exist."}


async def _holds_long(trader: Trader, quantity: str) -> None:
    entry = await trader.submit(market_order("BUY", quantity))
    await entry.reaches("FILLED")
    passes_over_what_is_free(trader)
    await trader.holds(quantity)
    await trader.settles()
    trader.may_differ(_BALANCE, why="no event and no check tells of the balance")
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")


def _is_deaf(faults: Faults) -> None:
    for event in (*OF_ORDERS, "ACCOUNT_UPDATE"):
        faults.lose(event, times=None, optional=True)


@case.each(
    {"OTH-310": {"closed": "0.001", "left": "0.009"}, "OTH-311": {"closed": "0.002", "left": "0.008"}},
    tier="full",
    core=["OTH-310"],
    rule=_RULE,
    upstream=["#3622"],
    needs=["position_check", "orders_of_others"],
    profile="checks",
    why="what the stream did not tell, the position check has to find",
)
async def test_smallest_difference_is_repaired(
    trader: Trader, venue: Venue, faults: Faults, closed: str, left: str
) -> None:
    """A position of which another client closes {closed}, unheard, MUST come to be {left} by the position check."""
    await _holds_long(trader, "0.010")
    _is_deaf(faults)

    await venue.closes_position(closed)

    await trader.holds(left)


@case(
    "OTH-320",
    rule=f"{_RULE}; Timing security: clocks may differ by less than recvWindow",
    needs=["position_check", "venue_acts", "unrecordable", "orders_of_others"],
    profile="checks",
    why="what the stream did not tell, the position check has to find",
    # Of the default of 5 s a request has 1 s left: too little on a busy machine.
    trader={"client": {"recv_window_ms": 20_000}},
)
async def test_check_works_under_a_clock_that_is_ahead(trader: Trader, venue: Venue, faults: Faults) -> None:
    """With the venue's clock 4 s ahead, the position check MUST find a close that went unheard, in its own time."""
    await venue.skews_clock(4000)
    await _holds_long(trader, "0.010")
    _is_deaf(faults)

    await venue.closes_position()

    await trader.holds("0", within_s=3.0)


@case.each(
    "OTH-330",
    axes={"left": (LIMIT, STOP), "answer": (AxisValue(name="found"), AxisValue(name="not-found"))},
    but={"seen of stops alone": {"left": "limit", "answer": "not-found"}},
    tier="full",
    core=["stop.not-found", "limit.found"],
    rule="Current All Open Orders, Current All Algo Open Orders: all of them, however old, whatever a query says",
    needs=["open_check", "venue_acts", "unrecordable"],
    profile="checks",
    why="the requirement is about what the open-order check concludes",
    # Several misses make a conclusion: they come quickly.
    trader={"exec_engine": {"open_check_interval_secs": 0.2}},
)
async def test_old_order_stays_open_under_the_check(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, left: Left, answer: AxisValue
) -> None:
    """{left} that is two hours old and listed as open MUST stay open under the check, its query being {answer}."""
    order = await trader.submit(left.request(market).named(NAME))
    await order.reaches("ACCEPTED")
    await trader.settles()
    await venue.ages(2 * _HOUR_MS)
    if answer.name == "not-found":
        faults.answer("query", 400, _NO_SUCH_ORDER, times=None, optional=True)
    since, events = trader.moment, len(order.events)

    async def checked() -> bool:
        return len(wire.asked("open orders order", since=since)) >= _CHECKED

    # A trader that asks otherwise is looked at for as long.
    await trader.asks_until(checked, "open orders order")

    await order.stands("ACCEPTED")
    equal("events about it", [event.name for event in order.events[events:]], [])


@case.each(
    {"OTH-340": {"left": LIMIT}, "OTH-341": {"left": STOP}},
    rule="Current All Open Orders: an order that is not among them is open no more",
    upstream=["#4730", "#4479"],
    needs=["open_check", "venue_acts"],
    profile="checks",
    why="what the stream did not tell, the open-order check has to find",
    tier="full",
)
async def test_order_missing_from_the_open_ones_is_found(
    traders: Traders, market: Market, venue: Venue, faults: Faults, left: Left
) -> None:
    """{left} cancelled unheard SHOULD be found by a check that asks for open orders alone, which is the default."""
    trader = await traders.start(exec_engine={"open_check_open_only": True})
    order = await trader.submit(left.request(market).named(NAME))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    _is_deaf(faults)

    number = str(accepted["venue_order_id"])
    await (venue.cancels(number) if left is LIMIT else venue.cancels_stop(number))

    await venue.confirms(order, "CANCELED")


ASKED = (
    AxisValue(name="alone", words="of all orders, with none of its own open"),
    AxisValue(name="beside-own", words="of all orders, with one of its own open"),
    AxisValue(name="open-only", words="of open orders alone, with one of its own open"),
)


@case.each(
    "OTH-350",
    axes={"left": (LIMIT, PARTIAL, STOP, STOP_LIMIT, TRAILING), "check": ASKED},
    tier="full",
    core=["limit.alone", "stop.beside-own", "partial.open-only", "stop-limit.open-only", "trailing.alone"],
    rule="Current All Open Orders, Current All Algo Open Orders: of the account, whichever client placed them",
    needs=["open_check", "venue_acts", "market_moves", "unrecordable", "orders_of_others"],
    profile="checks",
    why="what the stream did not tell, the open-order check has to find",
)
async def test_order_of_another_client_is_found_by_the_check(
    traders: Traders, market: Market, venue: Venue, faults: Faults, left: Left, check: AxisValue
) -> None:
    """{left} that another client places unheard MUST come to be open, term by term, by a check {check}."""
    trader = await traders.start(exec_engine={"open_check_open_only": check.name == "open-only"})
    passes_over_what_is_free(trader)
    trader.may_differ(_BALANCE, why="no event and no check tells of the balance")
    own = []
    if check.name != "alone":
        order = await trader.submit(limit("BUY", "0.010", market.below_last("6%")).named("OWN-1"))
        await order.reaches("ACCEPTED")
        own.append("OWN-1")
    _is_deaf(faults)

    await Estate(traders, venue, market).leaves(left, FOREIGN)

    # Invariant 8 compares every term that the venue has.
    await trader.has_open(NAME, *own)


@case.each(
    {"HEDGE-110": {"leg": "LONG", "closes": False}, "HEDGE-111": {"leg": "LONG", "closes": True}},
    rule=f"{_RULE}; in hedge mode two rows a symbol",
    upstream=["#4738"],
    needs=["hedge", "position_check", "venue_acts", "unrecordable", "orders_of_others"],
    profile="checks",
    why="the requirement is about what the position check concludes",
    trader={"hedge": True},
)
async def test_check_of_two_legs(
    traders: Traders, wire: Wire, venue: Venue, faults: Faults, leg: str, closes: bool
) -> None:
    """Under the position check both legs of a hedged position MUST be held as at the venue ({leg} closed: {closes})."""
    await venue.turns_hedge_mode_on()
    await venue.opens_position("BUY", "0.010", position_side="LONG")
    await venue.opens_position("SELL", "0.004", position_side="SHORT")
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await trader.holds("0.006")
    await trader.settles()
    trader.may_differ(_BALANCE, why="no event and no check tells of the balance")
    since = trader.moment
    if closes:
        _is_deaf(faults)
        await venue.places(market_order("SELL", "0.010").named("FOREIGN-EXIT"), positionSide="LONG", reduceOnly="")
        await trader.holds("-0.004")
        return

    async def checked() -> bool:
        return len(wire.asked("positions", since=since)) >= 4

    # A trader that asks otherwise is looked at for as long.
    await trader.asks_until(checked, "positions")

    await trader.stays_quiet(since=since)
