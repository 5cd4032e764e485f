"""Execution algorithms whose session ends between two slices: what was sent, what was held back, and what is known."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import CRASH, WARM, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    market_order,
    require,
)
from conformance.kit.needs import Need

_RULE = "New Order: what was never placed is the trader's to keep; Position Information V3"
_NEEDS: tuple[Need, ...] = ("cache_database", "unrecordable", "market_moves")
_HELD = Decimal("0.006")
#: Three slices of 0.003, so far apart that a session ends and another begins between the first two.
_IN_THREE = market_order("BUY", "0.009").but(
    exec_algorithm_id="TWAP", exec_algorithm_params={"horizon_secs": 9.0, "interval_secs": 3.0}
)


@dataclass(frozen=True)
class Ahead:
    """The slice of 0.004 that rests, and who can change it."""

    trader: Trader
    market: Market
    order: Order
    venue_order_id: str


async def _fills(ahead: Ahead) -> None:
    await ahead.market.takes(ahead.venue_order_id, "0.004")


async def _is_cancelled(ahead: Ahead) -> None:
    await ahead.order.cancel()


@dataclass(frozen=True, kw_only=True)
class End(AxisValue):
    """How the slice ends that the session before has sent, and how much of it has been traded."""

    happens: Callable[[Ahead], Awaitable[None]]
    state: str
    traded: str = "0"


_ENDS = (
    End(name="fills", words="fills", happens=_fills, state="FILLED", traded="0.004"),
    End(name="cancelled", words="is cancelled", happens=_is_cancelled, state="CANCELED"),
)


@case.each(
    {"ALG-400": {"memory": WARM}, "ALG-401": {"memory": CRASH}},
    tier="full",
    rule=_RULE,
    upstream=["#4590"],
    needs=[*_NEEDS, "twap"],
    trader={"twap": True},
)
async def test_twap_whose_session_ended_trades_no_more_than_its_order(
    traders: Traders, wire: Wire, venue: Venue, memory: Memory
) -> None:
    """A TWAP left after its first slice {memory} MUST trade no more than its order, which the next one can end."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    # The first slice closes a position, so that what a start makes of one that is held is no matter here.
    await (await trader.submit(market_order("SELL", "0.003"))).reaches("FILLED")
    order = await trader.submit(_IN_THREE)
    filled = await trader.order(f"{order.id}-E1").reaches("FILLED")
    await trader.holds("0")
    await traders.have_time_to_keep(order.id, filled["trade_id"])

    again = await _goes_on(traders, memory)

    held = again.order(order.id)
    require(bool(await held.row()), "an order that is known as what is left of it", seen="none")
    await held.cancel()
    await held.reaches("CANCELED")
    await held.stands("CANCELED", after_s=3.5)
    equal("orders sent", len(wire.asked("place order")), 2)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(0))
    await again.holds("0")


@case.each(
    "ALG-405",
    axes={"end": _ENDS, "memory": (WARM, CRASH)},
    tier="full",
    core=["cancelled.crash"],
    rule=_RULE,
    upstream=["#4590"],
    needs=[*_NEEDS, "exec_algorithms"],
    trader={"slices": True},
)
async def test_slice_of_the_session_before_is_followed(
    traders: Traders, wire: Wire, market: Market, venue: Venue, end: End, memory: Memory
) -> None:
    """A slice left resting {memory} MUST be told of when it {end}, and what is held back be CANCELED when asked."""
    order, ahead = await _leaves_a_slice(traders, wire, market, memory)
    held = ahead.trader.order(order.id)
    await held.cancel()
    await held.reaches("CANCELED")

    await end.happens(ahead)

    await ahead.order.reaches(end.state)
    await ahead.trader.holds(end.traded)
    await held.stands("CANCELED")
    equal("slices sent", len(wire.asked("place order")), 1)
    equal("the position at the venue", Decimal(await venue.position()), Decimal(end.traded))


@case.each(
    "ALG-410",
    axes={"end": _ENDS, "memory": (WARM, CRASH)},
    tier="full",
    core=["fills.warm"],
    rule=_RULE,
    upstream=["#4590"],
    needs=[*_NEEDS, "exec_algorithms"],
    trader={"slices": True},
)
async def test_algorithm_is_told_of_the_slice_of_the_session_before(
    traders: Traders, wire: Wire, market: Market, venue: Venue, end: End, memory: Memory
) -> None:
    """When a slice left resting {memory} {end}, its algorithm MUST be told, and send what is left of the order once."""
    order, ahead = await _leaves_a_slice(traders, wire, market, memory)

    await end.happens(ahead)

    await ahead.order.reaches(end.state)
    await ahead.trader.order(order.id).stands("FILLED")
    equal("slices sent", len(wire.asked("place order")), 2)
    *_, rest = wire.asked("place order")
    # Whether what a cancelled slice has not traded is sent as well, ALG-230 asks.
    sent, left = Decimal(rest.params["quantity"]), Decimal("0.010") - Decimal(end.traded)
    require(sent in (_HELD, left), "a rest of what the algorithm held back, or of what is not traded", seen=sent)
    equal("the position at the venue", Decimal(await venue.position()), sent + Decimal(end.traded))
    await ahead.trader.holds(f"{sent + Decimal(end.traded)}")


async def _leaves_a_slice(traders: Traders, wire: Wire, market: Market, memory: Memory) -> tuple[Order, Ahead]:
    """Have an algorithm send 0.004 of 0.010, end the session, and return the order and the slice as the next has it."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    ahead = {"quantity": "0.004", "price": str(market.below_last("2%"))}
    order = await trader.submit(
        market_order("BUY", "0.010").but(exec_algorithm_id="SLICES", exec_algorithm_params=ahead)
    )
    accepted = await trader.order(f"{order.id}-E1").reaches("ACCEPTED")
    await trader.settles()
    await traders.have_time_to_keep(order.id, accepted["venue_order_id"])

    again = await _goes_on(traders, memory)

    await again.order(f"{order.id}-E1").stands("ACCEPTED")
    await again.order(order.id).stands("INITIALIZED")
    return order, Ahead(again, market, again.order(f"{order.id}-E1"), str(accepted["venue_order_id"]))


async def _goes_on(traders: Traders, memory: Memory) -> Trader:
    await memory.ends(traders)
    again = await traders.start_again()
    passes_over_what_is_free(again)
    return again
