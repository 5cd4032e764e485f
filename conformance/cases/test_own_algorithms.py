"""Execution algorithms of a user's own: one sends a slice of an order ahead, and then what is left of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.emulated import UNASKED
from conformance.cases.legs import HEDGED, holds_legs, of_leg, starts_with_legs
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
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
from conformance.kit.needs import Need

_SLICES = {"slices": True}
_OF_A_USER: tuple[Need, ...] = ("exec_algorithms", "unrecordable")
_IOC = {"time_in_force": "IOC"}
_HELD = Decimal("0.006")


@dataclass(frozen=True, kw_only=True)
class Slice(AxisValue):
    """The slice of 0.004 that an algorithm of the user's own sends ahead, and how much of it fills."""

    terms: dict[str, str]
    above: bool = False
    offered: str = ""
    code: int = 0
    filled: str = "0"


_POST_ONLY = Slice(name="post-only", words="is refused because it would take", terms={"post_only": "yes"}, above=True)
_NO_MARGIN = Slice(name="no-margin", words="is refused for lack of margin", terms={}, code=-2019)
_FILLED = Slice(name="filled", words="fills", terms=_IOC, above=True, filled="0.004")
_EXPIRED = Slice(name="expired", words="expires unfilled", terms=_IOC)
_PART = Slice(name="part", words="fills in part and expires", terms=_IOC, above=True, offered="0.003", filled="0.003")


@case.each(
    {"ALG-210": {"ahead": _POST_ONLY}, "ALG-211": {"ahead": _NO_MARGIN}, "ALG-212": {"ahead": _FILLED}},
    tier="full",
    core=["ALG-210"],
    rule="New Order: what is refused is not in the book, and trades nothing",
    upstream=["f64ea98f13"],
    needs=_OF_A_USER,
    trader=_SLICES,
)
async def test_what_a_refused_slice_was_to_trade_is_sent_with_the_rest(
    trader: Trader, wire: Wire, market: Market, faults: Faults, ahead: Slice
) -> None:
    """Where the first slice of an order {ahead}, what is left of the order MUST be sent after it, and all be filled."""
    await _is_sent_in_two(trader, wire, market, faults, ahead)


@case.each(
    {"ALG-220": {"ahead": _EXPIRED}, "ALG-221": {"ahead": _PART}},
    tier="full",
    core=["ALG-220"],
    rule="New Order, timeInForce IOC: what does not fill at once expires, and trades nothing",
    upstream=["#4968"],
    needs=[*_OF_A_USER, "market_moves"],
    trader=_SLICES,
)
async def test_what_an_expired_slice_was_to_trade_is_sent_with_the_rest(
    trader: Trader, wire: Wire, market: Market, faults: Faults, ahead: Slice
) -> None:
    """Where the first slice of an order {ahead}, what it left SHOULD be sent with the rest, and all be filled."""
    await _is_sent_in_two(trader, wire, market, faults, ahead)


@case(
    "ALG-230",
    tier="full",
    rule="Cancel Order: what is cancelled trades no more",
    upstream=["#4968"],
    needs=_OF_A_USER,
    trader=_SLICES,
)
async def test_what_a_cancelled_slice_was_to_trade_is_sent_with_the_rest(
    trader: Trader, wire: Wire, market: Market
) -> None:
    """Where the first slice of an order is cancelled, what it was to trade SHOULD be sent with the rest, and fill."""
    passes_over_what_is_free(trader)
    order, ahead = await _rests(trader, wire, market_order("BUY", "0.010"), market)

    await ahead.cancel()

    await ahead.reaches("CANCELED")
    await order.reaches("FILLED")
    await trader.holds("0.010")


@case(
    "ALG-240",
    rule="Modify Order: orderId or origClientOrderId of an open order",
    upstream=["#4793"],
    needs=_OF_A_USER,
    trader=_SLICES,
)
async def test_amendment_of_what_an_algorithm_holds_stays_in_the_trader(
    trader: Trader, wire: Wire, market: Market
) -> None:
    """An amendment of what an algorithm holds back MUST NOT be sent, for the venue has no such order, nor hang."""
    order, ahead = await _rests(trader, wire, limit("BUY", "0.010", market.below_last("3%")), market)

    await order.modify(quantity="0.012")

    await trader.settles()
    wire.none("modify order")
    state = str((await order.row())["status"])
    require(state == "INITIALIZED", "an order that is held as before, or as amended", seen=state)
    quantity = await _quantity(order)
    require(quantity in (_HELD, Decimal("0.012")), "its quantity as before, or as amended", seen=f"{quantity:f}")
    await ahead.stands("ACCEPTED")


@case(
    "ALG-250",
    rule="Cancel Order: orderId or origClientOrderId of an open order",
    needs=_OF_A_USER,
    trader=_SLICES,
)
async def test_cancellation_of_what_an_algorithm_holds_stays_in_the_trader(
    trader: Trader, wire: Wire, market: Market
) -> None:
    """What an algorithm holds back MUST be CANCELED in the trader alone when asked for, and not be sent after that."""
    order, ahead = await _rests(trader, wire, limit("BUY", "0.010", market.below_last("3%")), market)

    await order.cancel()

    await order.reaches("CANCELED")
    await ahead.cancel()
    await ahead.reaches("CANCELED")
    await trader.settles()
    equal("orders placed", len(wire.asked("place order")), 1)


@case(
    "ALG-255",
    rule="Cancel All Open Orders",
    needs=_OF_A_USER,
    trader=_SLICES,
)
async def test_cancellation_of_all_ends_what_an_algorithm_holds(trader: Trader, wire: Wire, market: Market) -> None:
    """When all orders are cancelled, what an algorithm holds back MUST be CANCELED as its slice is, and not be sent."""
    order, ahead = await _rests(trader, wire, limit("BUY", "0.010", market.below_last("3%")), market)

    await trader.cancel_all()

    await order.reaches("CANCELED")
    await ahead.stands("CANCELED")
    equal("orders placed", len(wire.asked("place order")), 1)


@case(
    "ALG-260",
    rule="New Order: a limit order is in the book as soon as it is accepted",
    upstream=["#4881"],
    needs=[*_OF_A_USER, "emulation"],
    trader={**_SLICES, **UNASKED},
)
async def test_slice_that_is_to_wait_for_a_price_is_not_sent_at_once(
    trader: Trader, wire: Wire, market: Market
) -> None:
    """A slice that is to wait for a price MUST NOT be sent, but held, or refused and left to its order."""
    asked = limit("BUY", "0.010", market.below_last("3%"))

    order = await trader.submit(_in_slices(asked, str(market.below_last("2%")), emulation_trigger="LAST_PRICE"))

    await trader.settles()
    wire.none("place order")
    ahead = await trader.order(f"{order.id}-E1").row()
    held = await _quantity(order), Decimal(ahead["quantity"] if ahead.get("status") == "EMULATED" else 0)
    equal("quantity held back by the algorithm, and to wait for a price", sum(held), Decimal("0.010"))


@case(
    "ALG-421",
    rule="New Order: newClientOrderId ^[\\.A-Z\\:/a-z0-9_-]{1,36}$, which a UUID fills",
    # The id is the case's own, and free on an account of its own alone.
    needs=[*_OF_A_USER, "fresh_account"],
    trader=_SLICES,
)
async def test_slice_of_an_order_named_by_a_uuid_is_taken(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """A slice of an order with a UUID for its id MUST have an id that the venue takes, and fill before the rest."""
    uuid = "6f1c2d34-9a7b-4c58-8e21-0b9d3f4a5c6e"
    await _is_sent_in_two(trader, wire, market, faults, _FILLED, named=uuid)


@case(
    "ALG-270",
    rule="New Order: positionSide must be sent in hedge mode",
    needs=[*_OF_A_USER, "hedge"],
    trader={**_SLICES, **HEDGED},
)
async def test_slices_of_a_user_are_of_one_leg(traders: Traders, venue: Venue, wire: Wire, market: Market) -> None:
    """In hedge mode the slice and the rest of an order for the LONG position MUST be sent for it, and fill it."""
    trader = await starts_with_legs(traders, venue, SHORT="0.010")
    asked = of_leg(market_order("BUY", "0.010"), "LONG")

    order = await trader.submit(_in_slices(asked, str(market.above_last("1%")), **_IOC))

    await order.reaches("FILLED")
    await holds_legs(trader, LONG="0.010", SHORT="-0.010")
    *_, slice_, rest = wire.requests("place order")
    equal("positionSide sent", [each.params.get("positionSide") for each in (slice_, rest)], ["LONG", "LONG"])


async def _is_sent_in_two(
    trader: Trader, wire: Wire, market: Market, faults: Faults, ahead: Slice, named: str | None = None
) -> None:
    """Submit an order whose first slice ends so, and require that all of it has been traded in the end."""
    passes_over_what_is_free(trader)
    price = market.above_last("1%") if ahead.above else market.below_last("1%")
    if ahead.offered:
        await market.offers(asks=[(market.above_last("1%"), ahead.offered), (market.above_last("2%"), "5")])
    if ahead.code:
        faults.answer("place order", 400, {"code": ahead.code, "msg": "Margin is insufficient."})

    asked = _in_slices(market_order("BUY", "0.010"), str(price), **ahead.terms)
    order = await trader.submit(asked if named is None else asked.named(named))

    await order.reaches("FILLED")
    await trader.holds("0.010")
    *_, rest = wire.requests("place order")
    equal("quantity of the rest", Decimal(rest.params["quantity"]), Decimal("0.010") - Decimal(ahead.filled))


async def _rests(trader: Trader, wire: Wire, asked: OrderRequest, market: Market) -> tuple[Order, Order]:
    """Return an order of which an algorithm holds 0.006 back, and the slice of 0.004 that rests at the venue."""
    order = await trader.submit(_in_slices(asked, str(market.below_last("2%"))))
    ahead = trader.order(f"{order.id}-E1")
    await ahead.reaches("ACCEPTED")
    equal("quantity sent", Decimal((await wire.one("place order")).params["quantity"]), Decimal("0.004"))
    equal("quantity held back", await _quantity(order), _HELD)
    return order, ahead


async def _quantity(order: Order) -> Decimal:
    return Decimal((await order.row())["quantity"])


def _in_slices(asked: OrderRequest, price: str, **terms: Any) -> OrderRequest:
    """Return an order of which 0.004 go ahead at a price."""
    return asked.but(exec_algorithm_id="SLICES", exec_algorithm_params={"quantity": "0.004", "price": price, **terms})
