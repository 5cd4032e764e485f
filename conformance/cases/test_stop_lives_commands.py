"""Commands about stops: cancelled and amended where they are, before, while and after the trigger."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import told_apart
from conformance.cases.situations import CHECKED, CHECKED_BESIDE, UNHURRIED
from conformance.cases.stops import (
    KINDS,
    LIMITS,
    STOP_LIMIT,
    STOP_MARKET,
    TRAILING,
    Kind,
    Stop,
    ends_at_once,
    is_reconnected,
)
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    equal,
    limit,
    require,
    trailing_stop_market,
)

_A_CHILD = "a triggered algo order is an order: it is cancelled and amended at the order service, by its orderId"


@dataclass(frozen=True, kw_only=True)
class By(AxisValue):
    """The command that cancels."""

    cancels: Callable[[Trader, Order], Awaitable[None]]


BY = (
    By(name="cancel", words="cancelled", cancels=lambda trader, order: order.cancel()),
    By(name="cancel-all", words="cancelled with all others", cancels=lambda trader, order: trader.cancel_all()),
    By(
        name="cancel-batch",
        words="cancelled in a batch",
        cancels=lambda trader, order: trader.cancel_batch([order]),
        needs=("batch_cancel",),
    ),
)
#: How far the trader has followed the trigger.
KNOWN = (
    AxisValue(name="told", words="of whose trigger all was told"),
    # A cancellation that is sent to the wrong service, or not at all, the in-flight check finds.
    AxisValue(name="early", words="whose TRIGGERED is still to come", trader=CHECKED),
    AxisValue(name="reconnected", words="that triggered while the stream was lost"),
)


@case.each(
    "ALGO-200",
    axes={"kind": LIMITS, "known": KNOWN, "by": BY},
    tier="full",
    core=[
        "stop-limit.told.cancel",
        "stop-limit.told.cancel-batch",
        "stop-limit.early.cancel",
        "take-limit.early.cancel-all",
        "take-limit.told.cancel-all",
        "stop-limit.reconnected.cancel",
    ],
    rule=_A_CHILD,
    card="TC-E40",
    upstream=["#3287"],
    needs=["market_moves", "unrecordable"],
)
async def test_triggered_stop_is_cancelled(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    kind: Kind,
    known: AxisValue,
    by: By,
) -> None:
    """{kind} that rests in the book, {known}, MUST be {by} at the order service, and end CANCELED once."""
    order = await _rests_known(Stop.of(trader, wire, market, venue, kind), known, faults, user_stream)

    if known.name == "told":
        await ends_at_once(trader, faults, lambda: by.cancels(trader, order))
        await order.reaches("CANCELED")
    else:
        apart = told_apart(faults)
        await by.cancels(trader, order)
        await order.reaches("CANCELED")
        apart.set()

    await order.stands("CANCELED")
    equal("open orders of the venue", len((await venue.books())["orders"]), 0)


@case("ALGO-205", rule=_A_CHILD, needs=["market_moves", "unrecordable"])
async def test_triggered_stop_that_has_filled_in_part_is_cancelled(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults
) -> None:
    """A stop limit order that has filled in part MUST be cancelled at the order service, and end with its fill."""
    stop = Stop.of(trader, wire, market, venue, STOP_LIMIT)
    apart = told_apart(faults)
    order = await stop.rests_triggered()
    await market.takes(await stop.child_id(order), "0.004")
    await order.reaches("PARTIALLY_FILLED")

    await order.cancel()

    await order.reaches("CANCELED")
    apart.set()
    await order.stands("CANCELED")
    await trader.holds("-0.004")
    equal("open orders of the venue", len((await venue.books())["orders"]), 0)


@case.each(
    "ALGO-210",
    axes={"kind": LIMITS, "known": KNOWN},
    tier="full",
    core=["stop-limit.told", "stop-limit.early", "take-limit.reconnected"],
    rule=_A_CHILD,
    upstream=["#3287"],
    needs=["market_moves", "unrecordable"],
)
async def test_triggered_stop_is_amended(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    kind: Kind,
    known: AxisValue,
) -> None:
    """{kind} that rests in the book, {known}, MUST be amended there, as any limit order."""
    stop = Stop.of(trader, wire, market, venue, kind)
    order = await _rests_known(stop, known, faults, user_stream)
    price = stop.limit_price(rests=True) + 10 * market.tick

    await order.modify(price=str(price))

    request = await wire.one("modify order")
    equal("status", request.status, 200)
    await order.stands("ACCEPTED")
    equal("price", (await order.row())["price"], price)


async def _rests_known(stop: Stop, known: AxisValue, faults: Faults, user_stream: UserStream) -> Order:
    """Let it trigger and rest, and the trader know as much of it as is said."""
    if known.name == "told":
        return await stop.rests_triggered()
    order = await stop.is_accepted(rests=True)
    if known.name == "early":
        # From another service than the order's own events: it comes after what the next command leads to.
        faults.reorder("ALGO_UPDATE", after="ORDER_TRADE_UPDATE", X="TRIGGERED")
        await stop.triggers()
        await stop.child_id(order)
        await order.stands("ACCEPTED")
        return order
    faults.lose("ALGO_UPDATE", times=2, optional=True)  # TRIGGERING and TRIGGERED
    faults.lose("ORDER_TRADE_UPDATE", optional=True, x="NEW")
    await stop.triggers()
    await is_reconnected(stop.trader, user_stream)
    await order.stands("ACCEPTED")
    return order


@dataclass(frozen=True, kw_only=True)
class Change(AxisValue):
    """What is asked to be changed of a waiting stop."""

    of: Callable[[Stop], dict[str, str]]


CHANGES = (
    Change(name="quantity", words="another quantity", of=lambda stop: {"quantity": "0.020"}),
    Change(
        name="trigger",
        words="another trigger",
        of=lambda stop: {"trigger_price": str(Decimal(_asked(stop.request()).trigger_price or 0) + stop.market.tick)},
    ),
    Change(
        name="price",
        words="another price",
        of=lambda stop: {"price": str(stop.limit_price(rests=False) + stop.market.tick)},
    ),
)


def _asked(request: OrderRequest) -> OrderRequest:
    return request


@case.each(
    "ALGO-220",
    axes={"kind": KINDS, "change": CHANGES},
    but={
        "it has no price": {"kind": ("stop-market", "take-market", "trailing"), "change": "price"},
        "it has no trigger": {"kind": "trailing", "change": "trigger"},
    },
    tier="full",
    core=["stop-market.trigger", "stop-limit.price", "trailing.quantity"],
    rule="Modify Order: only LIMIT orders; a waiting conditional order is cancelled and placed anew",
)
async def test_amendment_of_a_waiting_stop(
    trader: Trader, wire: Wire, market: Market, venue: Venue, kind: Kind, change: Change
) -> None:
    """{change} for {kind} that waits MUST be refused, with nothing sent to the order service, and change nothing."""
    stop = Stop.of(trader, wire, market, venue, kind)
    order = await stop.is_accepted()
    before = await order.row()

    await order.modify(**change.of(stop))

    await order.reaches("MODIFY_REJECTED")
    await order.stands("ACCEPTED")
    wire.none("modify order")
    wire.none("WS order.modify")
    after = await order.row()
    for name in ("venue_order_id", "quantity", "price", "trigger_price"):
        equal(name, after.get(name), before.get(name))


@case("ALGO-230", rule="Cancel Multiple Orders knows no algo order", needs=["batch_cancel"], trader=CHECKED)
async def test_batch_of_both_services(trader: Trader, wire: Wire, market: Market) -> None:
    """A stop and a limit order cancelled with one command MUST both end, each at the service that has it."""
    stop = await trader.submit(STOP_MARKET.make("SELL", "0.010", trigger=market.below_last("4%")))
    entry = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    for order in (stop, entry):
        await order.reaches("ACCEPTED")
    algo_id = str((await stop.row())["venue_order_id"])

    await trader.cancel_batch([stop, entry])

    for order in (stop, entry):
        await order.reaches("CANCELED")
    for request in wire.requests("DELETE /fapi/v1/batchOrders"):
        require(algo_id not in str(dict(request.params)), "no algoId among the order ids", seen=dict(request.params))


PARAMS: dict[str, dict[str, object]] = {
    "ALGO-300": {"callback": "0.1", "says": "the smallest"},
    "ALGO-310": {"callback": "0.25", "says": "a fine"},
    "ALGO-320": {"callback": "0.35", "says": "another fine"},
    "ALGO-330": {"callback": "10", "says": "a wide"},
    "ALGO-340": {"callback": "20", "says": "the widest"},
}


@case.each(PARAMS, rule="New Algo Order: callbackRate of 0.1 to 20, since 2026-10-23", upstream=["#4192"])
async def test_callback_rate_goes_out_as_asked(trader: Trader, wire: Wire, callback: str, says: str) -> None:
    """A trailing stop with {says} callback rate, {callback} %, MUST be sent with just that, and be accepted."""
    order = await trader.submit(TRAILING.make("SELL", "0.010", callback_rate=callback))

    await order.reaches("ACCEPTED")

    request = await wire.one("POST /fapi/v1/algoOrder")
    equal("callbackRate", request.params["callbackRate"], Decimal(callback))


@case(
    "ALGO-345",
    rule="New Algo Order, activatePrice: default as the latest price",
    upstream=["#3663"],
    needs=["execution_instruments", "unrecordable"],
)
async def test_trailing_stop_without_activation_needs_no_market_data(traders: Traders, wire: Wire) -> None:
    """A trailing stop without an activation price MUST be sent so, also by a trader that hears of no price."""
    trader = await traders.start(with_data_client=False, subscribe=[])

    order = await trader.submit(trailing_stop_market("SELL", "0.010", callback_rate="1"))

    await order.reaches("ACCEPTED")
    request = await wire.one("place stop", clientAlgoId=order.id)
    equal("activatePrice", request.params.get("activatePrice"), None)


@case("ALGO-350", rule="New Algo Order, timeInForce GTX of STOP")
async def test_post_only_stop_limit_never_takes(trader: Trader, wire: Wire, market: Market, venue: Venue) -> None:
    """A post-only stop limit order MUST go out as GTX or be denied, never as an order that may take."""
    stop = Stop.of(trader, wire, market, venue, STOP_LIMIT)
    order = await trader.submit(stop.request(rests=True).but(post_only=True))

    await trader.settles()

    for request in wire.requests("POST /fapi/v1/algoOrder"):
        equal("timeInForce", request.params["timeInForce"], "GTX")
    require(order.state in ("ACCEPTED", "DENIED"), "accepted or denied", seen=order.state)


@case.each(
    {
        "ALGO-360": {"kind": KINDS[0]},
        "ALGO-362": {"kind": KINDS[1]},
        "ALGO-364": {"kind": KINDS[2]},
        "ALGO-366": {"kind": KINDS[3]},
        "ALGO-368": {"kind": KINDS[4]},
    },
    rule="New Algo Order, workingType: MARK_PRICE or CONTRACT_PRICE",
    # An order that is neither sent nor denied the in-flight check ends.
    trader=CHECKED_BESIDE,
)
async def test_price_that_the_venue_cannot_watch(
    trader: Trader, wire: Wire, market: Market, venue: Venue, kind: Kind
) -> None:
    """{kind} that is to watch the index price, which the venue cannot do, MUST be denied, and nothing sent."""
    stop = Stop.of(trader, wire, market, venue, kind)

    order = await trader.submit(stop.request().but(trigger_type="INDEX_PRICE"))

    await order.reaches("DENIED")
    wire.none("POST /fapi/v1/algoOrder")


@case(
    "ALGO-400",
    rule="New Algo Order: 1 of 300 orders in 10 s and of 1200 in a minute, in windows that are fixed",
    upstream=["#3287"],
    # Its outcome depends on where the burst begins in the venue's window: 1.231.0 fails it in the first second of one.
    tier="full",
    profile="quiet",
    why="what is paced waits longer than the scaled in-flight check does, whose queries would be part of the burst",
)
async def test_burst_of_stops_is_paced(trader: Trader, market: Market) -> None:
    """Stops in a burst beyond the venue's limit of orders MUST be paced, so that none is refused with -1015."""
    # In three parts: no more than 200 may wait at a time, and what is paced for 5 s is another case's.
    for part in (0, 107, 214):
        await _placed_and_cancelled(trader, market, range(part, part + 107))


@case(
    "ALGO-410",
    rule="Timing security: a request is signed when it is sent, within recvWindow",
    tier="full",
    # One that asks after half a second gives up stops that the trader itself has not sent yet.
    trader=UNHURRIED,
)
async def test_paced_stops_are_signed_when_they_are_sent(trader: Trader, market: Market) -> None:
    """Stops that a trader holds back for its own pace MUST be signed when they are sent, not before."""
    await _placed_and_cancelled(trader, market, range(195))


async def _placed_and_cancelled(trader: Trader, market: Market, ticks: range) -> None:
    orders = [
        await trader.submit(STOP_MARKET.make("SELL", "0.002", trigger=market.below_last("2%") - tick * market.tick))
        for tick in ticks
    ]
    for order in orders:
        await order.reaches("ACCEPTED", within_s=15)
    await trader.cancel_all()
    for order in orders:
        await order.reaches("CANCELED", within_s=15)
