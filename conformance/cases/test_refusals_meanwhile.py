"""Refusals that come when the order is no longer as it was when it was asked: told all the same, each once.

A cancellation and an amendment are answered milliseconds after they are sent. What is told of the order meanwhile, its
acceptance, a fill, another amendment, brings it into every state that it can be in.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from conformance.cases.inherited import venue_id
from conformance.cases.situations import OF_ORDERS, UNHURRIED, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, case, limit, require, stop_limit

_NAME = "ASKED-1"
_UNKNOWN = {"code": -2011, "msg": "Unknown order sent."}
_TICK = {"code": -4014, "msg": "Price not increased by tick size."}


@dataclass(frozen=True, kw_only=True)
class Wish(AxisValue):
    """What is asked of an order and refused: on these `routes`, by this `body`, as the trader's event tells it."""

    routes: tuple[str, ...]
    body: dict[str, object] = field(hash=False)
    refusal: str
    event: str
    is_of_stops: bool = False

    async def is_asked(self, order: Order, market: Market) -> None:
        """Ask for it."""
        if self.refusal == "MODIFY_REJECTED":
            await order.modify(price=str(market.below_last("3%")))
        else:
            await order.cancel()


CANCEL = Wish(
    name="cancel",
    words="the cancellation of an order",
    routes=("cancel order",),
    body=_UNKNOWN,
    refusal="CANCEL_REJECTED",
    event="OrderCancelRejected",
)
MODIFY = Wish(
    name="modify",
    words="the amendment of an order",
    routes=("modify order",),
    body=_TICK,
    refusal="MODIFY_REJECTED",
    event="OrderModifyRejected",
)
CANCEL_STOP = Wish(
    name="cancel-stop",
    words="the cancellation of a stop",
    # A stop that may have triggered is looked for among the orders, too.
    routes=("cancel stop", "cancel order"),
    body=_UNKNOWN,
    refusal="CANCEL_REJECTED",
    event="OrderCancelRejected",
    is_of_stops=True,
)


@dataclass(frozen=True)
class Busy:
    """An order of which several things are on their way; `news` lets the venue's word of the other one arrive."""

    trader: Trader
    market: Market
    venue: Venue
    faults: Faults
    wish: Wish
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_submitted(self) -> Order:
        """Submit the order, a limit order or a stop limit order, both of which rest."""
        below = self.market.below_last
        request = (
            stop_limit("SELL", "0.010", trigger=below("2%"), price=below("1%"))
            if self.wish.is_of_stops
            else limit("BUY", "0.010", below("2%"))
        )
        return await self.trader.submit(request.named(_NAME))

    async def rests(self) -> Order:
        """Let it be accepted."""
        order = await self.is_submitted()
        await order.reaches("ACCEPTED")
        await self.trader.settles()
        return order

    async def rests_in_part(self) -> Order:
        """Let it be accepted, and fill in part."""
        order = await self.rests()
        await self.fills_in_part(order)
        await self.trader.settles()
        return order

    async def is_on_its_way(self) -> Order:
        """Let the venue have it, and the trader not know yet."""
        placed = self.faults.delay("place", until=self.news, processed=True)
        for event in OF_ORDERS:
            self.faults.delay_frame(event, until=self.news, optional=True)
        order = await self.is_submitted()
        await placed.happens()
        return order

    async def rests_half_amended(self) -> Order:
        """Let an amendment of it be made, and the trader not know yet."""
        return await self._is_half_amended(await self.rests())

    async def rests_in_part_half_amended(self) -> Order:
        """Let it fill in part, an amendment of it be made, and the trader not know of that yet."""
        return await self._is_half_amended(await self.rests_in_part())

    async def _is_half_amended(self, order: Order) -> Order:
        made = self.faults.delay("modify order", until=self.news, processed=True)
        self.faults.delay_frame("ORDER_TRADE_UPDATE", until=self.news, x="AMENDMENT")
        await order.modify(quantity="0.012")
        await made.happens()
        return order

    async def nothing(self, order: Order) -> None:
        """Let nothing happen."""

    async def is_accepted(self, order: Order) -> None:
        """Let its acceptance be told."""
        self.news.set()
        # 1.x tells what it learns of an order that it is to cancel by an update.
        await order.reaches("ACCEPTED", "UPDATED")

    async def is_accepted_and_fills(self, order: Order) -> None:
        """Let its acceptance and a fill of a part be told."""
        await self.market.takes(await venue_id(self.venue, _NAME), "0.004")
        self.news.set()
        await self.trader.holds("0.004")

    async def fills_in_part(self, order: Order) -> None:
        """Let a part of it fill, and that be told."""
        await self.market.takes(await venue_id(self.venue, _NAME), "0.004")
        # While something is asked of it, its state may be that rather than PARTIALLY_FILLED.
        await self.trader.holds("0.004")

    async def is_amended(self, order: Order) -> None:
        """Let the amendment be told that was made before."""
        self.news.set()
        await order.reaches("UPDATED")

    async def is_amended_again(self, order: Order) -> None:
        """Let a later amendment be asked for, made and told."""
        await order.modify(quantity="0.012")
        await order.reaches("UPDATED")

    async def is_being_cancelled(self, order: Order) -> None:
        """Ask for its cancellation, which the venue does not have yet."""
        asked = self.faults.delay("cancel order", until=self.news)
        await order.cancel()
        await asked.happens()

    async def triggers(self, order: Order) -> None:
        """Let it trigger, and rest as an order of the book."""
        await self.market.moves_to(self.market.below_last("3%"))
        await self.trader.settles()


@dataclass(frozen=True, kw_only=True)
class State(AxisValue):
    """How the order is when its wish is refused: what is `given` when it is asked, and what is told `meanwhile`."""

    given: Callable[[Busy], Awaitable[Order]] = Busy.rests
    meanwhile: Callable[[Busy, Order], Awaitable[None]] = Busy.nothing


STATES = (
    State(name="pending", words="of which nothing else was told"),
    State(name="submitted", words="that is not accepted yet", given=Busy.is_on_its_way),
    State(name="accepted", words="just accepted", given=Busy.is_on_its_way, meanwhile=Busy.is_accepted),
    State(
        name="accepted-part",
        words="just accepted and filled in part",
        given=Busy.is_on_its_way,
        meanwhile=Busy.is_accepted_and_fills,
    ),
    State(name="part", words="just filled in part", meanwhile=Busy.fills_in_part),
    State(
        name="amended",
        words="just amended as asked before",
        given=Busy.rests_half_amended,
        meanwhile=Busy.is_amended,
    ),
    State(
        name="part-amended",
        words="filled in part and just amended as asked before",
        given=Busy.rests_in_part_half_amended,
        meanwhile=Busy.is_amended,
    ),
    State(name="overtaken", words="just amended as asked later", meanwhile=Busy.is_amended_again),
    State(
        name="part-overtaken",
        words="filled in part and just amended as asked later",
        given=Busy.rests_in_part,
        meanwhile=Busy.is_amended_again,
    ),
    State(name="cancelling", words="whose cancellation was asked for later", meanwhile=Busy.is_being_cancelled),
    State(name="triggered", words="that has just triggered", meanwhile=Busy.triggers),
)
_FILLS = ("part", "accepted-part", "part-amended", "part-overtaken")
_OF_ORDERS_ALONE = (*_FILLS, "amended", "overtaken", "cancelling")


@case.each(
    "REF-110",
    axes={"wish": (CANCEL, MODIFY, CANCEL_STOP), "state": STATES},
    but={
        "an order of the book does not trigger": {"wish": ("cancel", "modify"), "state": "triggered"},
        "a stop waits as it was made: it is not amended, and what fills is another order": {
            "wish": "cancel-stop",
            "state": _OF_ORDERS_ALONE,
        },
        "what is being cancelled is not amended, nor cancelled once more": {
            "wish": "cancel",
            "state": ("overtaken", "part-overtaken", "cancelling"),
        },
    },
    tier="full",
    core=[
        "cancel.accepted",
        "cancel.accepted-part",
        "cancel.part-amended",
        "modify.accepted",
        "modify.overtaken",
        "modify.cancelling",
        "cancel-stop.accepted",
    ],
    rule="Cancel Order, Modify Order: each request has its answer; Error codes: -2011, -4014",
    needs=["unrecordable", "market_moves"],
    trader=UNHURRIED,
)
async def test_refusal_is_told_in_every_state(
    trader: Trader, market: Market, venue: Venue, faults: Faults, wish: Wish, state: State
) -> None:
    """The refusal of {wish} {state} MUST be told, once, and leave the order as at the venue, free to be cancelled."""
    passes_over_what_is_free(trader)
    busy = Busy(trader, market, venue, faults, wish)
    order = await state.given(busy)
    answered, over = asyncio.Event(), asyncio.Event()
    held = faults.delay(wish.routes, until=answered)
    # Refused as often as it is asked, but for an amendment: another one is to be made meanwhile.
    faults.answer(wish.routes, 400, wish.body, until=None if wish is MODIFY else over)
    await wish.is_asked(order, market)
    await held.happens()
    await state.meanwhile(busy, order)
    await trader.settles()

    answered.set()

    await order.reaches(wish.refusal)
    over.set()
    busy.news.set()
    await trader.settles()
    # Before a check of orders in flight could ask.
    await venue.confirms(order, within_s=2.0)
    told = len([event for event in order.events if event.name == wish.event])
    require(told > 0, f"an {wish.event}", seen="none")
    require(told < 2, f"no second {wish.event}", seen=told)
    if state.name != "cancelling":
        await order.cancel()
    await order.reaches("CANCELED")
