"""What a strategy commands within its handler of an event: it is carried out as a command from outside is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.emulated import NEEDS, UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)

_RULE = "Strategies, handlers: commands are sent from on_order_filled, on_position_opened and the others"


@dataclass(frozen=True)
class _Stage:
    """A trader, an order of its own that rests, and the one whose event is handled."""

    trader: Trader
    wire: Wire
    market: Market
    venue: Venue

    @property
    def told(self) -> Order:
        """The order whose event is handled."""
        return self.trader.order("TOLD-1")

    async def rests(self) -> Order:
        """Have a LIMIT order rest far below the market."""
        order = await self.trader.submit(limit("BUY", "0.010", self.market.below_last("4%")))
        await order.reaches("ACCEPTED")
        await self.trader.settles()
        return order

    async def submits_told(self) -> Order:
        """Submit the order whose event is handled: a LIMIT order that rests."""
        return await self.trader.submit(limit("BUY", "0.010", self.market.below_last("2%")).named("TOLD-1"))


async def _is_accepted(stage: _Stage) -> None:
    await stage.submits_told()


async def _is_amended(stage: _Stage) -> None:
    order = await stage.submits_told()
    await order.reaches("ACCEPTED")
    await order.modify(price=str(stage.market.below_last("3%")))


async def _is_cancelled(stage: _Stage) -> None:
    order = await stage.submits_told()
    await order.reaches("ACCEPTED")
    await order.cancel()


async def _is_rejected(stage: _Stage) -> None:
    crossing = limit("BUY", "0.010", stage.market.above_last("1%"), post_only=True)
    await stage.trader.submit(crossing.named("TOLD-1"))


async def _fills(stage: _Stage) -> None:
    await stage.trader.submit(market_order("BUY", "0.010").named("TOLD-1"))


@dataclass(frozen=True, kw_only=True)
class Told(AxisValue):
    """The event in whose handler the strategy acts, and what brings it about; `of_order` unless it is a position's."""

    event: str
    happens: Callable[[_Stage], Awaitable[None]]
    of_order: bool = True


TOLD = (
    Told(name="accepted", words="its acceptance", event="OrderAccepted", happens=_is_accepted),
    Told(name="updated", words="its amendment", event="OrderUpdated", happens=_is_amended),
    Told(name="canceled", words="its cancellation", event="OrderCanceled", happens=_is_cancelled),
    Told(name="rejected", words="its refusal", event="OrderRejected", happens=_is_rejected),
    Told(name="filled", words="its fill", event="OrderFilled", happens=_fills),
    Told(
        name="opened",
        words="the position that it opens",
        event="PositionOpened",
        happens=_fills,
        of_order=False,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Deed(AxisValue):
    """What the strategy does in the handler: `given` is there before, `done` waits for what `does` makes of it."""

    given: Callable[[_Stage], Awaitable[Order]]
    does: Callable[[_Stage, Trader, Order], Awaitable[Order]]
    done: Callable[[_Stage, Order], Awaitable[None]]


async def _nothing(stage: _Stage) -> Order:
    return stage.told


async def _rests(stage: _Stage) -> Order:
    return await stage.rests()


async def _is_held(stage: _Stage) -> Order:
    stop = stop_market("SELL", "0.010", trigger=stage.market.below_last("2%"))
    order = await stage.trader.submit(stop.but(emulation_trigger="LAST_PRICE"))
    await stage.trader.settles()
    return order


async def _submits(stage: _Stage, handler: Trader, given: Order) -> Order:
    return await handler.submit(limit("BUY", "0.010", stage.market.below_last("5%")))


async def _submits_stop(stage: _Stage, handler: Trader, given: Order) -> Order:
    return await handler.submit(stop_market("SELL", "0.010", trigger=stage.market.below_last("5%")))


async def _submits_held(stage: _Stage, handler: Trader, given: Order) -> Order:
    stop = stop_market("SELL", "0.010", trigger=stage.market.below_last("1%"))
    return await handler.submit(stop.but(emulation_trigger="LAST_PRICE"))


async def _amends(stage: _Stage, handler: Trader, given: Order) -> Order:
    await handler.order(given.id).modify(price=str(stage.market.below_last("5%")))
    return given


async def _amends_held(stage: _Stage, handler: Trader, given: Order) -> Order:
    await handler.order(given.id).modify(trigger_price=str(stage.market.below_last("1%")))
    return given


async def _cancels(stage: _Stage, handler: Trader, given: Order) -> Order:
    await handler.order(given.id).cancel()
    return given


async def _cancels_all(stage: _Stage, handler: Trader, given: Order) -> Order:
    await handler.cancel_all()
    return given


async def _queries(stage: _Stage, handler: Trader, given: Order) -> Order:
    await handler.order(given.id).query()
    return given


async def _closes(stage: _Stage, handler: Trader, given: Order) -> Order:
    await handler.close_all_positions()
    return given


async def _is_live(stage: _Stage, order: Order) -> None:
    await order.reaches("ACCEPTED")
    await stage.venue.confirms(order, "ACCEPTED")


async def _is_moved(stage: _Stage, order: Order) -> None:
    await order.reaches("UPDATED")
    await stage.venue.confirms(order, price=stage.market.below_last("5%"))


async def _is_gone(stage: _Stage, order: Order) -> None:
    await stage.venue.confirms(order, "CANCELED")


async def _is_let_go(stage: _Stage, order: Order) -> None:
    await order.reaches("CANCELED")
    stage.wire.none("place stop", clientAlgoId=order.id)
    stage.wire.none("place order", newClientOrderId=order.id)


async def _is_released(stage: _Stage, order: Order) -> None:
    await stage.trader.settles()
    await stage.market.moves_to(stage.market.below_last("1.5%"))
    await order.reaches("FILLED")
    await stage.wire.one("place order", newClientOrderId=order.id)


async def _is_asked_for(stage: _Stage, order: Order) -> None:
    await stage.wire.one("query order")
    await order.stands("ACCEPTED")


async def _is_flat(stage: _Stage, order: Order) -> None:
    await stage.wire.exactly(2, "place order")
    await stage.trader.holds("0")
    equal("position at the venue", float(await stage.venue.position()), 0.0)


DEEDS = (
    Deed(name="submit", words="submits a LIMIT order", given=_nothing, does=_submits, done=_is_live),
    Deed(name="submit-stop", words="submits a stop", given=_nothing, does=_submits_stop, done=_is_live),
    Deed(
        name="submit-held",
        words="submits a stop that it holds back",
        needs=NEEDS,
        given=_nothing,
        does=_submits_held,
        done=_is_released,
    ),
    Deed(name="modify", words="amends an order that rests", given=_rests, does=_amends, done=_is_moved),
    Deed(
        name="modify-held",
        words="amends a stop that it holds back",
        needs=NEEDS,
        given=_is_held,
        does=_amends_held,
        done=_is_released,
    ),
    Deed(name="cancel", words="cancels an order that rests", given=_rests, does=_cancels, done=_is_gone),
    Deed(
        name="cancel-held",
        words="cancels a stop that it holds back",
        needs=NEEDS,
        given=_is_held,
        does=_cancels,
        done=_is_let_go,
    ),
    Deed(name="cancel-all", words="cancels all its orders", given=_rests, does=_cancels_all, done=_is_gone),
    Deed(name="query", words="queries an order that rests", given=_rests, does=_queries, done=_is_asked_for),
    Deed(
        name="close",
        words="closes all its positions",
        needs=("close_position",),
        given=_nothing,
        does=_closes,
        done=_is_flat,
    ),
)


@case.each(
    "HND-010",
    axes={"told": TOLD, "deed": DEEDS},
    but={
        "there is a position to be closed after a fill": {
            "deed": "close",
            "told": ("accepted", "updated", "canceled", "rejected"),
        }
    },
    tier="full",
    core=[
        "filled.modify-held",
        "opened.modify-held",
        "filled.submit-stop",
        "opened.close",
        "rejected.submit",
        "accepted.modify",
        "canceled.submit-held",
        "updated.cancel",
    ],
    rule=_RULE,
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_command_of_a_handler_is_carried_out(
    trader: Trader, wire: Wire, market: Market, venue: Venue, told: Told, deed: Deed
) -> None:
    """A strategy that {deed} in its handler of an order's event, {told}, MUST have that done once, and trade on."""
    passes_over_what_is_free(trader)
    stage = _Stage(trader, wire, market, venue)
    given = await deed.given(stage)
    handler = trader.when(told.event, stage.told if told.of_order else None)
    order = trader.order((await deed.does(stage, handler, given)).id)

    await told.happens(stage)

    await deed.done(stage, order)
    await trader.settles()
    await trader.holds(await venue.position())
    await (await trader.submit(limit("BUY", "0.010", market.below_last("6%")))).reaches("ACCEPTED")


@dataclass(frozen=True, kw_only=True)
class Beside(AxisValue):
    """What else a strategy acts on; `of_the_market`: it comes as soon as the market moves."""

    event: str
    of_the_market: bool = True


_BESIDE = (
    Beside(name="quote", words="a quote", event="QuoteTick"),
    Beside(name="trade", words="a trade of the market", event="TradeTick"),
    Beside(name="alert", words="an alert of its clock", event="TimeEvent", of_the_market=False),
)


@case.each(
    "KIND-982",
    axes={"told": _BESIDE, "deed": [deed for deed in DEEDS if deed.name != "modify"]},
    tier="full",
    core=["alert.cancel"],
    rule=_RULE,
    needs=["market_moves", "unrecordable"],
    trader=UNASKED,
)
async def test_command_on_a_price_or_an_alert_is_carried_out(
    trader: Trader, wire: Wire, market: Market, venue: Venue, told: Beside, deed: Deed
) -> None:
    """A strategy that {deed} in its handler of {told} MUST have that done once, and trade on."""
    passes_over_what_is_free(trader)
    stage = _Stage(trader, wire, market, venue)
    if deed.name == "close":
        await _fills(stage)
        await stage.told.reaches("FILLED")
    given = await deed.given(stage)
    order = trader.order((await deed.does(stage, trader.when(told.event), given)).id)

    if told.of_the_market:
        await market.moves_to(market.above_last("0.05%"))

    await deed.done(stage, order)
    await trader.settles()
    await trader.holds(await venue.position())
    await (await trader.submit(limit("BUY", "0.010", market.below_last("6%")))).reaches("ACCEPTED")


@case.each(
    {
        "HND-020": {"words": "amends it", "event": "OrderAccepted", "act": "modify"},
        "HND-021": {"words": "cancels it", "event": "OrderAccepted", "act": "cancel"},
        "HND-022": {"words": "cancels it", "event": "OrderUpdated", "act": "cancel"},
        "HND-023": {"words": "amends it again", "event": "OrderUpdated", "act": "modify"},
    },
    rule=_RULE,
    needs=["unrecordable"],
    tier="full",
    core=["HND-020", "HND-022"],
)
async def test_order_is_commanded_in_the_handler_of_its_own_event(
    trader: Trader, wire: Wire, market: Market, venue: Venue, words: str, event: str, act: str
) -> None:
    """What a strategy commands ({words}) in its handler of an order's {event} MUST be done at the venue."""
    stage = _Stage(trader, wire, market, venue)
    handled = trader.when(event, stage.told).order(stage.told.id)
    price = market.below_last("5%")
    await (handled.cancel() if act == "cancel" else handled.modify(price=str(price)))

    await (_is_accepted(stage) if event == "OrderAccepted" else _is_amended(stage))

    await (venue.confirms(stage.told, "CANCELED") if act == "cancel" else venue.confirms(stage.told, price=price))
