"""An order of which several things are on their way: what is asked of it and refused, and what is told meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from conformance.cases.held_dates import until
from conformance.cases.inherited import venue_id
from conformance.cases.situations import OF_ORDERS
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, limit, stop_limit

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
    """An order of which several things are on their way; `news` lets the venue's word of the other one arrive.

    With `for_s` it has a date that the trader holds, so many seconds from when it is submitted.
    """

    trader: Trader
    market: Market
    venue: Venue
    faults: Faults
    wish: Wish
    news: asyncio.Event = field(default_factory=asyncio.Event)
    for_s: int | None = None

    async def is_submitted(self) -> Order:
        """Submit the order, a limit order or a stop limit order, both of which rest."""
        below = self.market.below_last
        request = (
            stop_limit("SELL", "0.010", trigger=below("2%"), price=below("1%"))
            if self.wish.is_of_stops
            else limit("BUY", "0.010", below("2%"))
        )
        request = request if self.for_s is None else until(request, self.for_s)
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
