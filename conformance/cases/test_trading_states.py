"""The risk engine's trading state, a desk's kill switch: HALTED lets only cancellations pass, REDUCING what reduces.

So NautilusTrader says of it (`RiskEngine`): "HALTED (all trading commands except cancels are denied)", "REDUCING (only
new orders or updates which reduce an open position are allowed)".
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.emulated import HELD, UNASKED, Held
from conformance.cases.restricted import STATES, State
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)
from conformance.kit.needs import Need

_RULE = "New Order: whatever margin and filters allow is taken; a halt is the trader's own"
_WHY = "the state is the risk engine's, which may be left out elsewhere"
_NEEDS: tuple[Need, ...] = ("trading_state", "unrecordable")
_SENDING = ("place order", "place stop", "batch place", "modify order")


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """What is asked for in that state."""

    asked: Callable[[Market], OrderRequest]


def _below(market: Market) -> OrderRequest:
    return limit("BUY", "0.010", market.below_last("2%"))


_KINDS = (
    Kind(name="limit", words="a limit order", asked=_below),
    Kind(name="market", words="a market order", asked=lambda _: market_order("BUY", "0.010")),
    Kind(name="stop", words="a stop", asked=lambda m: stop_market("BUY", "0.010", trigger=m.above_last("2%"))),
)


@case.each(
    {f"RISK-{210 + number}": {"kind": kind} for number, kind in enumerate(_KINDS)},
    tier="full",
    core=["RISK-210"],
    rule=_RULE,
    needs=_NEEDS,
    profile="default",
    why=_WHY,
)
async def test_order_of_a_halted_trader_is_denied(trader: Trader, wire: Wire, market: Market, kind: Kind) -> None:
    """Of a trader that is HALTED, {kind} MUST be DENIED and never be sent, and be taken once it is ACTIVE again."""
    passes_over_what_is_free(trader)
    await trader.sets_trading_state("HALTED")

    order = await trader.submit(kind.asked(market))

    await order.reaches("DENIED")
    await trader.settles()
    equal("orders sent", len(wire.asked(_SENDING)), 0)
    await trader.sets_trading_state("ACTIVE")
    await (await trader.submit(_below(market))).reaches("ACCEPTED")


@case("RISK-213", rule=_RULE, needs=[*_NEEDS, "order_lists"], profile="default", why=_WHY)
async def test_list_of_a_halted_trader_is_denied(trader: Trader, wire: Wire, market: Market) -> None:
    """Of a trader that is HALTED, each order of a list MUST be DENIED and none be sent, until it is ACTIVE again."""
    await trader.sets_trading_state("HALTED")

    orders = await trader.submit_list([_below(market), _below(market)])

    for order in orders:
        await order.reaches("DENIED")
    await trader.settles()
    equal("orders sent", len(wire.asked(_SENDING)), 0)
    await trader.sets_trading_state("ACTIVE")
    for order in await trader.submit_list([_below(market), _below(market)]):
        await order.reaches("ACCEPTED")


@case("RISK-214", rule=_RULE, needs=_NEEDS, profile="default", why=_WHY)
async def test_amendment_of_a_halted_trader_is_refused(trader: Trader, wire: Wire, market: Market) -> None:
    """Of a trader that is HALTED, an amendment MUST be MODIFY_REJECTED and never be sent; the order stays as it is."""
    order = await trader.submit(_below(market))
    await order.reaches("ACCEPTED")
    await trader.sets_trading_state("HALTED")

    await order.modify(quantity="0.012")

    await order.reaches("MODIFY_REJECTED")
    await order.stands("ACCEPTED")
    equal("amendments sent", len(wire.asked("modify order")), 0)


async def _one(trader: Trader, orders: list[Order]) -> None:
    for order in orders:
        await order.cancel()


async def _all(trader: Trader, _: list[Order]) -> None:
    await trader.cancel_all()


async def _batch(trader: Trader, orders: list[Order]) -> None:
    await trader.cancel_batch(orders)


@dataclass(frozen=True, kw_only=True)
class Cancelling(AxisValue):
    """How two orders are cancelled."""

    by: Callable[[Trader, list[Order]], Awaitable[None]]


_CANCELLING = (
    Cancelling(name="each", words="one by one", by=_one),
    Cancelling(name="all", words="with all others", by=_all),
    Cancelling(name="batch", words="in a batch", by=_batch, needs=("batch_cancel",)),
)


@case.each(
    {f"RISK-{215 + number}": {"how": how} for number, how in enumerate(_CANCELLING)},
    tier="full",
    core=["RISK-215"],
    rule=_RULE,
    needs=_NEEDS,
    profile="default",
    why=_WHY,
)
async def test_orders_of_a_halted_trader_are_cancelled(trader: Trader, market: Market, how: Cancelling) -> None:
    """Of a trader that is HALTED, orders that are cancelled {how} MUST be CANCELED, at the venue as well."""
    orders = [await trader.submit(_below(market)) for _ in range(2)]
    for order in orders:
        await order.reaches("ACCEPTED")
    await trader.sets_trading_state("HALTED")

    await how.by(trader, orders)

    for order in orders:
        await order.reaches("CANCELED")
    await trader.has_open()


@case.each(
    "RISK-218",
    axes={"held": HELD, "state": STATES},
    tier="full",
    core=["stop.halted"],
    rule=_RULE,
    needs=[*_NEEDS, "emulation", "market_moves"],
    profile="default",
    why=_WHY,
    trader=UNASKED,
)
async def test_held_order_is_not_sent_by_a_trader_that_may_not(
    trader: Trader, wire: Wire, market: Market, venue: Venue, held: Held, state: State
) -> None:
    """When the price comes for {held} that is held, a trader that is {state} by then MUST NOT send it, but deny it."""
    beyond = held.at(market, "2%")
    order = await trader.submit(held.make(market).but(emulation_trigger="LAST_PRICE"))
    await order.reaches("EMULATED")
    await trader.sets_trading_state(state.state)

    await market.moves_to(beyond)
    await order.reaches("DENIED", "CANCELED", "FILLED", "ACCEPTED")

    await trader.settles()
    equal("orders sent", len(wire.asked(_SENDING)), 0)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))


@case("RISK-219", tier="full", rule=_RULE, needs=[*_NEEDS, "twap"], profile="default", why=_WHY, trader={"twap": True})
async def test_no_slice_of_a_halted_trader_is_sent(trader: Trader, wire: Wire, venue: Venue) -> None:
    """When a trader is HALTED in the midst of a TWAP, no slice MUST be sent any more, and its order end."""
    passes_over_what_is_free(trader)
    order = await trader.submit(
        market_order("BUY", "0.009").but(
            exec_algorithm_id="TWAP", exec_algorithm_params={"horizon_secs": 3.0, "interval_secs": 1.0}
        )
    )
    await trader.holds("0.003")
    await trader.sets_trading_state("HALTED")
    await trader.settles()
    # On a busy machine the second slice may have gone out before.
    sent, held = len(wire.asked("place order")), await venue.position()

    await order.reaches("DENIED", "CANCELED")

    await trader.settles()
    equal("slices sent", len(wire.asked("place order")), sent)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(held))


@dataclass(frozen=True, kw_only=True)
class Exposure(AxisValue):
    """What a trader holds that is to reduce only, and what it then asks for."""

    asked: Callable[[Market], OrderRequest]
    held: str = ""


_OPENING = (
    Exposure(name="opens", words="opens a position", asked=lambda _: market_order("BUY", "0.010")),
    Exposure(name="rests", words="would open a position when it fills", asked=_below),
    Exposure(name="adds", words="adds to its position", asked=lambda _: market_order("BUY", "0.005"), held="0.010"),
    Exposure(
        name="turns", words="turns its position around", asked=lambda _: market_order("SELL", "0.030"), held="0.010"
    ),
)
_REDUCING = (
    Exposure(name="part", words="reduces its position", asked=lambda _: market_order("SELL", "0.004"), held="0.010"),
    Exposure(name="closes", words="closes its position", asked=lambda _: market_order("SELL", "0.010"), held="0.010"),
    Exposure(
        name="reduce-only",
        words="closes its position, reduce-only",
        asked=lambda _: market_order("SELL", "0.010", reduce_only=True),
        held="0.010",
    ),
)


async def _reduces(trader: Trader, exposure: Exposure) -> None:
    passes_over_what_is_free(trader)
    if exposure.held:
        await (await trader.submit(market_order("BUY", exposure.held))).reaches("FILLED")
        await trader.holds(exposure.held)
    await trader.sets_trading_state("REDUCING")


@case.each(
    {f"RISK-{220 + number}": {"exposure": exposure} for number, exposure in enumerate(_OPENING)},
    tier="full",
    core=["RISK-223"],
    rule=_RULE,
    needs=_NEEDS,
    profile="default",
    why=_WHY,
)
async def test_order_that_reduces_nothing_is_denied(
    trader: Trader, wire: Wire, market: Market, venue: Venue, exposure: Exposure
) -> None:
    """Of a trader that is REDUCING, an order that {exposure} MUST be DENIED, and never be sent."""
    await _reduces(trader, exposure)
    sent = len(wire.asked(_SENDING))

    order = await trader.submit(exposure.asked(market))
    await order.reaches("DENIED", "ACCEPTED", "FILLED")

    await order.stands("DENIED")
    equal("orders sent", len(wire.asked(_SENDING)) - sent, 0)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(exposure.held or 0))


@case.each(
    {f"RISK-{224 + number}": {"exposure": exposure} for number, exposure in enumerate(_REDUCING)},
    tier="full",
    core=["RISK-224"],
    rule=_RULE,
    needs=_NEEDS,
    profile="default",
    why=_WHY,
)
async def test_order_that_reduces_is_sent(trader: Trader, market: Market, exposure: Exposure) -> None:
    """Of a trader that is REDUCING, an order that {exposure} MUST be sent, and fill."""
    await _reduces(trader, exposure)

    order = await trader.submit(exposure.asked(market))

    await order.reaches("FILLED")
