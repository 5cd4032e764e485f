"""The node's life: how it starts, stops and leaves; clocks that differ; keys that the venue does not take."""

from conformance.binance.usdm import USDM
from conformance.history.entries import Connection
from conformance.kit import (
    Faults,
    Market,
    MarketStreams,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
)
from conformance.kit.waiting import comes_true

_SIGNED = [endpoint.route for endpoint in USDM if endpoint.signed and endpoint.method != "WS"]
_PLACING = [endpoint.route for endpoint in USDM.doing("place")]
_CLOSING = ("DELETE /fapi/v1/listenKey", "WS userDataStream.stop")
_SOON = {"timeout_connection_s": 1.0, "timeout_stop_s": 1.0}


@case("LIFE-110", tier="full", rule="Error codes: -2015", needs=["unrecordable"], trader=_SOON)
async def test_start_with_a_key_of_no_rights_fails(traders: Traders, wire: Wire, faults: Faults) -> None:
    """A start whose signed requests are all refused for the key MUST fail in its time, and send no order."""
    await _start_fails(traders, wire, faults, -2015, 401)


@case.each(
    {
        "LIFE-120": {"code": -1022, "status": 400, "what": "a signature that is not valid"},
        "LIFE-130": {"code": -2014, "status": 401, "what": "a malformed API key"},
        "LIFE-140": {"code": -1021, "status": 400, "what": "a timestamp outside of recvWindow"},
    },
    rule="Error codes: -2014, -1022, -1021",
    tier="full",
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_start_that_is_refused_fails(
    traders: Traders, wire: Wire, faults: Faults, code: int, status: int, what: str
) -> None:
    """A start whose signed requests are all refused for {what} MUST fail in its time, and send no order."""
    await _start_fails(traders, wire, faults, code, status)


@case.each(
    {
        "LIFE-210": {"code": -2015, "status": 401},
        "LIFE-220": {"code": -1022, "status": 400},
        "LIFE-230": {"code": -2014, "status": 401},
    },
    rule="Error codes: -2015 Invalid API-key, IP, or permissions for action; -1022; -2014",
    needs=["unrecordable"],
)
async def test_key_that_may_not_trade_refuses_for_good(
    trader: Trader, wire: Wire, market: Market, faults: Faults, code: int, status: int
) -> None:
    """An order that the venue refuses for the key ({code}) MUST end REJECTED with the code, after one request."""
    faults.answer(_PLACING, status, {"code": code, "msg": "Invalid API-key, IP, or permissions."}, times=None)

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    rejected = await order.reaches("REJECTED")

    told = str(code) in rejected["reason"] or "Invalid API-key" in rejected["reason"]
    require(told, "the venue's code or words in the reason", seen=rejected["reason"])
    made = sum(len(wire.requests(route, newClientOrderId=order.id)) for route in _PLACING)
    equal("requests", made, 1)


@case(
    "LIFE-240",
    rule="Error codes: -2015 Invalid API-key, IP, or permissions for action",
    needs=["unrecordable"],
)
async def test_key_revoked_in_the_middle_leaves_orders_open(
    trader: Trader, market: Market, venue: Venue, faults: Faults
) -> None:
    """A cancellation that the venue refuses for the key MUST be told as refused, and leave the order open."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    cancelling = [endpoint.route for endpoint in USDM.doing("cancel")]
    faults.answer(cancelling, 401, {"code": -2015, "msg": "Invalid API-key, IP, or permissions."}, times=None)

    await order.cancel()

    await order.reaches("CANCEL_REJECTED")
    await order.stands("ACCEPTED")
    await venue.confirms(order)


@case.each(
    {
        "LIFE-310": {"skew_ms": 20_000, "side": "ahead of"},
        "LIFE-320": {"skew_ms": -20_000, "side": "behind"},
    },
    rule="Timing security: recvWindow, -1021",
    needs=["venue_acts", "unrecordable"],
)
async def test_order_under_a_clock_that_has_drifted_is_told_its_fate(
    trader: Trader, market: Market, venue: Venue, skew_ms: int, side: str
) -> None:
    """With the venue's clock {side} the trader's, an order MUST end REJECTED or be live, as it is at the venue."""
    await venue.skews_clock(skew_ms)

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    async def told() -> bool:
        return order.state not in ("(none)", "INITIALIZED", "SUBMITTED")

    await comes_true(trader.history, told, within_s=5.0)
    # The suite's own questions have the machine's time.
    await venue.skews_clock(-skew_ms)
    await venue.confirms(order)


@case(
    "LIFE-410",
    rule="New Order; a system without market data",
    upstream=["#4772"],
    profile="execution_only",
    why="the requirement is about a node without a data client",
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_execution_only_node_trades_or_refuses_to_start(traders: Traders, market: Market, venue: Venue) -> None:
    """A node without a data client MUST tell of its orders as any other does, or refuse to start."""
    trader = await traders.try_to_start()
    if trader is None:
        return
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    async def told() -> bool:
        return order.state not in ("(none)", "INITIALIZED", "SUBMITTED")

    await comes_true(trader.history, told, within_s=5.0)
    require(order.state in ("ACCEPTED", "DENIED"), "the order's fate told", seen=order.state)


@case("LIFE-510", rule="Cancel All Open Orders, New Order", card="TC-E82", needs=["market_exit", "unrecordable"])
async def test_market_exit_leaves_nothing(trader: Trader, market: Market, venue: Venue) -> None:
    """A market exit MUST end the strategy's orders and positions at the venue as well as in the trader."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await resting.reaches("ACCEPTED")

    await trader.market_exit()

    await resting.reaches("CANCELED")
    await trader.holds("0")
    await venue.confirms(resting)


@case(
    "LIFE-520",
    rule="Open orders outlive a client",
    card="TC-E84",
    needs=["graceful_stop", "unrecordable", "orders_of_others"],
)
async def test_stopped_trader_leaves_its_orders(traders: Traders, market: Market, venue: Venue) -> None:
    """A stop that is not configured to cancel MUST leave open orders at the venue, and the next start know them."""
    trader = await traders.start()
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await traders.stop()

    equal("status", (await venue.standing(order.id)).status, "ACCEPTED")
    again = await traders.start_again()
    await again.has_open(order.id)


@case.each(
    {
        "LIFE-530": {"side": "BUY", "held": "0.010"},
        "LIFE-540": {"side": "SELL", "held": "-0.010"},
    },
    rule="Position Information V3",
    card="TC-E86",
    needs=["unrecordable", "orders_of_others"],
)
async def test_position_is_known_at_the_start(traders: Traders, venue: Venue, side: str, held: str) -> None:
    """A trader that starts on a position MUST hold {held} BTCUSDT."""
    await venue.opens_position("BUY" if side == "BUY" else "SELL", "0.010")

    trader = await traders.start()

    await trader.holds(held)


@case(
    "LIFE-550",
    rule="Close User Data Stream; Start User Data Stream: a key is valid for 60 minutes",
    needs=["graceful_stop", "unrecordable"],
)
async def test_stopped_trader_closes_its_stream(traders: Traders, wire: Wire, market_streams: MarketStreams) -> None:
    """A trader that stops the native way SHOULD close its user stream at the venue, and no connection be left open."""
    trader = await traders.start()
    # What is still being opened cannot be closed.
    await market_streams.come_to_rest()

    await traders.stop()

    require(len(wire.asked(_CLOSING)) == 1, "the listen key closed once", seen=wire.asked(_CLOSING))
    open_ones: set[int] = set()

    async def none_open() -> bool:
        nonlocal open_ones
        connections = trader.history.of(Connection)
        open_ones = {each.id for each in connections if each.state == "open"} - {
            each.id for each in connections if each.state == "closed"
        }
        return not open_ones

    require(await comes_true(trader.history, none_open, within_s=2.0), "no connection left", seen=open_ones)


async def _start_fails(traders: Traders, wire: Wire, faults: Faults, code: int, status: int) -> None:
    faults.answer(_SIGNED, status, {"code": code, "msg": "Refused."}, times=None, optional=True)

    trader = await traders.try_to_start()

    require(trader is None, f"a start that fails at {code}", seen="a trader that has started")
    for route in _PLACING:
        wire.none(route)
