"""Cancelling all orders of one side or of both, the strategy's own or everybody's: these end, and no others."""

from dataclasses import dataclass

from conformance.binance.client_order_id import case_id
from conformance.cases.cancellable import STATES, Desk, State
from conformance.cases.situations import UNCHECKED, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Side,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
    stop_market,
)
from conformance.kit.waiting import comes_true

_RULE = "Cancel All Open Orders, Cancel All Algo Open Orders: all of a symbol's; one side of it is cancelled by order"


@dataclass(frozen=True, kw_only=True)
class Of(AxisValue):
    """Whose orders the command is about; `strategy_only` is what it says of that."""

    strategy_only: bool | None
    who: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OnSide(AxisValue):
    """The side that the command names, None for both."""

    side: Side | None


OWN = Of(name="own", words="the strategy's own orders", strategy_only=None, who=("MINE",))
EVERYBODYS = Of(
    name="everybodys",
    words="everybody's orders",
    strategy_only=False,
    who=("MINE", "BESIDE", "FOREIGN"),
    needs=("cancel_all_of_others",),
)
BUYS = OnSide(name="buy", words="on the buying side", side="BUY")
SELLS = OnSide(name="sell", words="on the selling side", side="SELL")
BOTH = OnSide(name="both", words="on both sides", side=None)


def _orders(who: str, market: Market, away: int) -> dict[str, OrderRequest]:
    """Return a limit order and a stop on each side, by the names that they have, `away` percent from the market."""
    near, far = f"{away}%", f"{away + 3}%"
    orders = {
        "BUY": limit("BUY", "0.010", market.below_last(near)),
        "SELL": limit("SELL", "0.010", market.above_last(near)),
        "BUY-STOP": stop_market("BUY", "0.010", trigger=market.above_last(far)),
        "SELL-STOP": stop_market("SELL", "0.010", trigger=market.below_last(far)),
    }
    return {f"{who}-{name}": request.named(f"{who}-{name}") for name, request in orders.items()}


@case.each(
    "CXL-120",
    axes={"side": (BUYS, SELLS, BOTH), "of": (OWN, EVERYBODYS)},
    tier="full",
    core=["buy.everybodys", "sell.everybodys", "both.everybodys", "sell.own"],
    rule=_RULE,
    upstream=["#4470"],
    needs=["other_symbols", "orders_of_others", "unclaimed_orders", "unrecordable"],
)
async def test_cancelling_all_ends_just_these(
    traders: Traders, market: Market, venue: Venue, side: OnSide, of: Of
) -> None:
    """Cancelling all of {of} {side} MUST end these, stops as well, and leave every other order as it was."""
    # Of another client's stops OTH-071 says whether they can be cancelled at all.
    foreign = {name: each for name, each in _orders("FOREIGN", market, 2).items() if "STOP" not in name}
    venue.of("ETHUSDT")
    for request in foreign.values():
        await venue.places(request)
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    orders = {name: trader.order(name) for name in foreign}
    for number, who in ((1, "MINE"), (2, "BESIDE")):
        for name, request in _orders(who, market, 2 + number).items():
            orders[name] = await trader.strategy(number).submit(request)
            await orders[name].reaches("ACCEPTED")
    other = await trader.submit(limit("BUY", "0.100", "2000.00").but(symbol="ETHUSDT").named("OTHER-SYMBOL"))
    await other.reaches("ACCEPTED")
    ends = {name for name in orders if name.split("-")[0] in of.who and side.side in (None, name.split("-")[1])}
    left: set[str] = set()

    async def has_come() -> bool:
        standing = {case_id(str(row["client_order_id"])) for row in (await venue.books())["orders"]}
        left.clear()
        left.update(standing & orders.keys())
        return left == orders.keys() - ends

    await trader.cancel_all(side=side.side, strategy_only=of.strategy_only)

    await comes_true(trader.history, has_come)
    await trader.settles()
    await has_come()
    equal("orders that the command has taken beside what it was to", sorted(orders.keys() - ends - left), [])
    equal("orders that the command has left of what it was to end", sorted(left & ends), [])
    await _stand(trader, orders, ends)
    await other.stands("ACCEPTED")


async def _stand(trader: Trader, orders: dict[str, Order], ended: set[str]) -> None:
    for name, order in orders.items():
        await order.stands("CANCELED" if name in ended else "ACCEPTED")


@dataclass(frozen=True, kw_only=True)
class Sided(AxisValue):
    """Whether the command names the side that the order is on."""

    names_it: bool


@case.each(
    "CXL-130",
    axes={
        "state": STATES,
        "command": (
            Sided(name="its-side", words="everybody's orders of its side are cancelled", names_it=True),
            Sided(name="both-sides", words="everybody's orders are cancelled", names_it=False),
        ),
    },
    tier="full",
    core=["submitted.its-side", "amended.its-side", "part.both-sides", "stop.its-side", "triggered.both-sides"],
    rule=_RULE,
    needs=["cancel_all_of_others", "market_moves", "unrecordable", "orders_of_others"],
    # An order that is held back for long would be asked for, and accepted by what the query says first.
    trader={"inflight_check": None, **UNCHECKED},
)
async def test_order_in_any_state_ends_with_everybodys(
    trader: Trader, market: Market, venue: Venue, faults: Faults, state: State, command: Sided
) -> None:
    """An order that {state} MUST end when {command}."""
    passes_over_what_is_free(trader)
    order, told = await state.is_reached(Desk(trader, market, faults))

    await trader.cancel_all(side=order.asked.side if command.names_it else None, strategy_only=False)
    await trader.has_its_answers()
    told.set()

    await venue.confirms(order, "CANCELED")
    await order.stands("CANCELED")
