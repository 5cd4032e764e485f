"""Amendments with figures that no order may have: refused once, whoever refuses them, and the order as it was."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.emulated import UNASKED, is_released_once
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.stops import STOP_LIMIT, Stop
from conformance.history.entries import Answer
from conformance.kit import AxisValue, Market, Order, Trader, Venue, Wire, case, equal, limit, require, stop_market

_TERMS = ("quantity", "price", "trigger_price")


@dataclass(frozen=True, kw_only=True)
class Figure(AxisValue):
    """What an amendment names that no order may have; a `price` is the trigger of an order that has none."""

    to: Mapping[str, str]


_ZERO = Figure(name="price-zero", words="a price of zero", to={"price": "0.00"})
_STEP = Figure(name="step", words="a quantity of too many decimals", to={"quantity": "0.0125"})
_TICK = Figure(name="tick", words="a price of too many decimals", to={"price": "41000.125"})
_LEAST = Figure(name="least", words="a quantity worth less than the least", to={"quantity": "0.001"})
_FIGURES = (_TICK, _ZERO, _STEP, _LEAST)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Who brings an order to where it is amended."""

    trader: Trader
    wire: Wire
    market: Market
    venue: Venue


async def _rests(scene: Scene) -> Order:
    order = await scene.trader.submit(limit("BUY", "0.010", scene.market.below_last("2%")))
    await order.reaches("ACCEPTED")
    return order


async def _has_filled_in_part(scene: Scene) -> Order:
    order = await scene.trader.submit(limit("BUY", "0.010", scene.market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await scene.market.takes(accepted["venue_order_id"], "0.004")
    await order.reaches("PARTIALLY_FILLED")
    await scene.trader.holds("0.004")
    return order


async def _is_triggered(scene: Scene) -> Order:
    stop = Stop.of(scene.trader, scene.wire, scene.market, scene.venue, STOP_LIMIT)
    return await stop.rests_triggered()


@dataclass(frozen=True, kw_only=True)
class Standing(AxisValue):
    """The order that is amended, as it stands at the venue."""

    given: Callable[[Scene], Awaitable[Order]]


_TRIGGERED = Standing(name="triggered", words="a triggered stop limit order", given=_is_triggered)
_STANDING = (
    Standing(name="rests", words="a limit order that rests", given=_rests),
    Standing(name="part", words="a limit order that has filled in part", given=_has_filled_in_part),
    _TRIGGERED,
)


async def _terms(order: Order) -> dict[str, Decimal]:
    row = await order.row()
    return {name: Decimal(row[name]) for name in _TERMS if row.get(name) is not None}


def _is_refused(wire: Wire, trader: Trader) -> bool:
    """Whether nothing was asked of the venue, or one amendment that it refused."""
    sent = {each.id for each in wire.asked("modify order")}
    answers = [each for each in trader.history.of(Answer) if each.to in sent]
    return not sent or (len(sent) == 1 and all(each.status >= 400 for each in answers))


async def _is_refused_once(order: Order, told: int, state: str, before: Mapping[str, Decimal]) -> None:
    """Require one refusal among the events that followed the first `told`, and the order as it was before."""
    await order.reaches("MODIFY_REJECTED")
    await order.stands(state)
    names = [each.name for each in order.events[told:]]
    equal("OrderModifyRejected", names.count("OrderModifyRejected"), 1)
    equal("OrderUpdated", names.count("OrderUpdated"), 0)
    after = await _terms(order)
    require(after == before, "an order as it was before", seen=after)


@case.each(
    "LMT-610",
    axes={"standing": _STANDING, "figure": _FIGURES},
    but={"the venue cancels what has filled as much": {"standing": "part", "figure": "least"}},
    tier="full",
    core=["rests.tick", "part.step"],
    rule="Modify Order; Error codes: -1111, -4003, -4005, -5029: the order stands as it was",
    needs=["unrecordable", "market_moves"],
    trader=UNASKED,
)
async def test_amendment_to_what_no_order_may_be_is_refused_once(
    trader: Trader, wire: Wire, market: Market, venue: Venue, standing: Standing, figure: Figure
) -> None:
    """An amendment of {standing} to {figure} MUST be refused once, change nothing, and leave it amendable."""
    passes_over_what_is_free(trader)
    order = await standing.given(Scene(trader=trader, wire=wire, market=market, venue=venue))
    before, state, told = await _terms(order), str((await order.row())["status"]), len(order.events)

    await order.modify(**figure.to)

    await _is_refused_once(order, told, state, before)
    require(_is_refused(wire, trader), "nothing sent, or one request that the venue refused", seen="otherwise")
    await venue.confirms(order)
    await order.modify(quantity="0.012")
    await order.reaches("UPDATED")
    await venue.confirms(order)
    if standing is not _TRIGGERED:
        # How often the end of a triggered stop is told, ALGO-200 asks.
        await order.cancel()
        await order.reaches("CANCELED")


@case.each(
    {"LMT-362": {"to": "0.003"}, "LMT-363": {"to": "0.000"}},
    tier="full",
    core=["LMT-362"],
    rule="Modify Order: an amendment to no more than has filled cancels the order",
    needs=["unrecordable", "market_moves"],
    trader=UNASKED,
)
async def test_amendment_to_less_than_has_filled(
    trader: Trader, wire: Wire, market: Market, venue: Venue, to: str
) -> None:
    """An amendment of an order that has filled 0.004 to {to} MUST be refused, or leave it CANCELED as at the venue."""
    passes_over_what_is_free(trader)
    order = await _has_filled_in_part(Scene(trader=trader, wire=wire, market=market, venue=venue))

    await order.modify(quantity=to)

    await order.reaches("MODIFY_REJECTED", "CANCELED")
    await trader.settles()
    await venue.confirms(order)
    equal("filled quantity", Decimal((await order.row())["filled_qty"]), Decimal("0.004"))


@dataclass(frozen=True, kw_only=True)
class Kept(AxisValue):
    """An order that is held back until the last price has fallen by 1 %, and what an amended price of it is."""

    field: str


_KEPT = (
    Kept(name="stop", words="a stop", field="trigger_price"),
    Kept(name="limit", words="a limit order", field="price"),
)


@case.each(
    "EMU-135",
    axes={"kept": _KEPT, "figure": (_ZERO, _STEP)},
    tier="full",
    core=["stop.step"],
    rule="New Order: what is beyond the filters is refused, and protects nobody",
    needs=["emulation", "market_moves", "unrecordable"],
    trader=UNASKED,
)
async def test_amendment_of_a_held_order_to_what_no_order_may_be_is_refused_once(
    trader: Trader, wire: Wire, market: Market, kept: Kept, figure: Figure
) -> None:
    """An amendment of {kept} that is held to {figure} MUST be refused once, and it be sent at its price as it was."""
    passes_over_what_is_free(trader)
    away, beyond = market.below_last("1%"), market.below_last("2%")
    asked = stop_market("SELL", "0.010", trigger=away) if kept.name == "stop" else limit("BUY", "0.010", away)
    order = await trader.submit(asked.but(emulation_trigger="LAST_PRICE"))
    await order.reaches("EMULATED")
    before, told = await _terms(order), len(order.events)

    await order.modify(**{kept.field if name == "price" else name: value for name, value in figure.to.items()})

    await _is_refused_once(order, told, "EMULATED", before)
    await is_released_once(order, wire, market, beyond)
