"""Refusals for good: what the venue refuses is asked for once, told with the venue's code, and changes nothing."""

from collections import Counter
from collections.abc import Sequence

from conformance.cases.commands import (
    CANCEL,
    CANCEL_ALL,
    CANCEL_ALL_STOPS,
    CANCEL_BATCH,
    CANCEL_STOP,
    LIMIT,
    MARKET,
    MODIFY,
    STOP,
    Command,
)
from conformance.cases.refusals import (
    KEY_REFUSED,
    NO_SYMBOL,
    OF_AMENDMENTS,
    OF_CANCELLATIONS,
    OF_MARKET_ORDERS,
    OF_ORDERS,
    OF_PRICES,
    OF_STOPS,
    Refusal,
    all_of,
    is_as_before,
)
from conformance.cases.situations import CHECKED
from conformance.cases.transports import OVER_A_SOCKET
from conformance.kit import Faults, Market, Order, Trader, Traders, Venue, Wire, case, equal, limit

_RULE = "General info: an answer with a code that leaves no status unknown is definitive; Error codes"


def _names(*groups: tuple[Refusal, ...]) -> tuple[str, ...]:
    return tuple(refusal.name for refusal in all_of(*groups))


def _only(*allowed: tuple[Refusal, ...]) -> tuple[str, ...]:
    """Return the names of what no order of a kind can meet: everything but what is `allowed`."""
    kept = set(_names(OF_ORDERS, *allowed))
    return tuple(name for name in _names(OF_PRICES, OF_MARKET_ORDERS, OF_STOPS) if name not in kept)


_CANNOT_MEET: dict[str, dict[str, str | tuple[str, ...]]] = {
    "a limit order meets nothing of stops or the market's price": {
        "command": "limit",
        "refusal": _only(OF_PRICES),
    },
    "a market order has no price and no trigger": {"command": "market", "refusal": _only(OF_MARKET_ORDERS)},
    "a stop that waits is no order yet": {"command": "stop", "refusal": _only(OF_STOPS)},
}


async def _is_refused(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """Let a command be refused whenever it is asked; require one request, its event, and nothing else."""
    given = await command.given(trader, market)
    before = [dict(await order.row()) for order in given]
    faults.answer(command.routes, refusal.status, refusal.body, times=None)

    orders = await command.asked(trader, market, given)

    for order in orders:
        told = await order.reaches(command.refusal)
        refusal.is_told_by(str(told["reason"]))
    # One that asks again does so at once, in this profile after 20 ms.
    for order in orders:
        await order.stands("ACCEPTED" if given else "REJECTED", after_s=0.1 if order is orders[0] else 0.0)
    for order, row in zip(given, before, strict=True):
        is_as_before(order, row, dict(await order.row()))
    # A stop may have triggered unheard: once its service knows nothing of it, the service of its order may be asked.
    asked = Counter(request.route for request in wire.asked(command.routes))
    equal("requests", max(asked.values(), default=0), command.requests)


@case.each(
    "REF-010",
    axes={
        "command": (LIMIT, MARKET, STOP),
        "refusal": all_of(OF_ORDERS, OF_PRICES, OF_MARKET_ORDERS, OF_STOPS),
    },
    but=_CANNOT_MEET,
    tier="full",
    core=[
        "limit.2019",
        "limit.2025",
        "limit.5022",
        "limit.2015",
        "market.2027",
        "market.4164",
        "stop.2021",
        "stop.4045",
        "stop.2022",
    ],
    rule=_RULE,
)
async def test_refused_submission(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} is refused with {refusal}, the order MUST be REJECTED with that code, after one request."""
    await _is_refused(trader, wire, market, faults, command, refusal)


@case.each(
    "REF-020",
    axes={"command": (CANCEL, CANCEL_STOP), "refusal": OF_CANCELLATIONS},
    tier="full",
    core=["cancel.2011", "cancel.2015", "cancel-stop.2011"],
    rule=_RULE,
)
async def test_refused_cancellation(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} is refused with {refusal}, that MUST be told with the code after one request, and nothing end."""
    await _is_refused(trader, wire, market, faults, command, refusal)


@case.each(
    "REF-030",
    axes={"command": (MODIFY,), "refusal": OF_AMENDMENTS},
    tier="full",
    core=["modify.2013", "modify.5027", "modify.5022"],
    rule=_RULE,
)
async def test_refused_amendment(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} is refused with {refusal}, it MUST be told so with the code after one request, unchanged."""
    await _is_refused(trader, wire, market, faults, command, refusal)


@case.each(
    "REF-040",
    axes={"command": (CANCEL_BATCH,), "refusal": OF_CANCELLATIONS},
    tier="full",
    rule=f"Cancel Multiple Orders; {_RULE}",
)
async def test_refused_batch(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} is refused with {refusal}, each order MUST be told refused with the code, and none end."""
    await _is_refused(trader, wire, market, faults, command, refusal)


@case.each(
    "REF-045",
    axes={"command": (CANCEL_BATCH,), "refusal": OF_CANCELLATIONS},
    tier="full",
    core=["cancel-batch.2011"],
    rule=f"Cancel Multiple Orders: each item has its own outcome; {_RULE}",
    # Where nothing is told the in-flight check ends the wait.
    trader=CHECKED,
)
async def test_refused_items_of_a_batch(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When the items of {command} are refused with {refusal}, each order MUST be told so, and none end."""
    given = await command.given(trader, market)
    faults.answer(command.routes, 200, [refusal.body for _ in given], times=None)

    await command.asked(trader, market, given)

    for order in given:
        told = await order.reaches(command.refusal)
        refusal.is_told_by(str(told["reason"]))
    for order in given:
        await order.stands("ACCEPTED")
    equal("requests", len(wire.asked(command.routes)), 1)


async def _stand_as_before(trader: Trader, orders: Sequence[Order]) -> None:
    """Require that orders are open once the trader has its answers, and has had the time to act on them."""
    await trader.has_its_answers()
    for order in orders:
        await order.stands("ACCEPTED", after_s=0.1 if order is orders[0] else 0.0)


@case.each(
    "REF-050",
    axes={"command": (CANCEL_ALL, CANCEL_ALL_STOPS), "refusal": (NO_SYMBOL, KEY_REFUSED)},
    tier="full",
    core=["cancel-all.2015", "cancel-all-stops.1121"],
    rule=f"Cancel All Open Orders, Cancel All Algo Open Orders; {_RULE}",
)
async def test_refused_cancellation_of_all(
    trader: Trader, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} is refused with {refusal}, every order MUST stand as before it: open, and free to be cancelled."""
    given = await command.given(trader, market)
    refused = faults.answer(command.routes, refusal.status, refusal.body, times=None)

    await command.asked(trader, market, given)
    await refused.happens()

    await _stand_as_before(trader, given)


@case.each(
    {"REF-055": {"command": CANCEL_ALL}, "REF-056": {"command": CANCEL_ALL_STOPS}},
    rule=f"Cancel Order, Cancel Multiple Orders, Cancel Algo Order; {_RULE}",
    needs=["orders_of_others"],
)
async def test_refused_cancellation_of_all_beside_an_order_of_another_client(
    traders: Traders, venue: Venue, market: Market, faults: Faults, command: Command
) -> None:
    """When {command} is refused beside another client's order, which is to stay, each MUST stand as before it."""
    await venue.places(limit("SELL", "0.010", market.above_last("6%")).named("FOREIGN-1"))
    trader = await traders.start()
    given = await command.given(trader, market)
    routes = ("cancel", "batch cancel", "cancel all")
    refused = faults.answer(routes, KEY_REFUSED.status, KEY_REFUSED.body, times=None)

    await command.asked(trader, market, given)
    await refused.happens()

    await _stand_as_before(trader, given)


@case.each(
    "REF-060",
    axes={"command": (LIMIT, MARKET), "refusal": all_of(OF_ORDERS, OF_PRICES, OF_MARKET_ORDERS)},
    but={
        "a limit order does not meet the market's price": {"command": "limit", "refusal": _names(OF_MARKET_ORDERS)},
        "a market order has no price": {"command": "market", "refusal": _names(OF_PRICES)},
    },
    tier="full",
    core=["limit.2019", "market.2027"],
    rule=f"WebSocket API, order.place; {_RULE}",
    needs=["ws_trading"],
    trader=OVER_A_SOCKET,
)
async def test_refused_submission_over_a_socket(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} over the WS API is refused with {refusal}, it MUST be REJECTED with it, after one request."""
    await _is_refused(trader, wire, market, faults, command, refusal)


@case.each(
    "REF-070",
    axes={"command": (CANCEL, MODIFY), "refusal": all_of(OF_CANCELLATIONS, OF_AMENDMENTS)},
    but={
        "an unknown order is -2013 to an amendment": {"command": "modify", "refusal": "2011"},
        "a cancellation has no terms": {
            "command": "cancel",
            "refusal": tuple(name for name in _names(OF_AMENDMENTS) if name not in _names(OF_CANCELLATIONS)),
        },
    },
    tier="full",
    core=["cancel.2011", "modify.5027"],
    rule=f"WebSocket API, order.cancel, order.modify; {_RULE}",
    needs=["ws_trading"],
    trader=OVER_A_SOCKET,
)
async def test_refused_change_over_a_socket(
    trader: Trader, wire: Wire, market: Market, faults: Faults, command: Command, refusal: Refusal
) -> None:
    """When {command} over the WS API is refused with {refusal}, that MUST be told with the code, and nothing change."""
    await _is_refused(trader, wire, market, faults, command, refusal)
