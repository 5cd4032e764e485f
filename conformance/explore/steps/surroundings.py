"""What happens around the trader: the market, other clients of the account, and the venue."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from conformance.explore.impossible import Impossible
from conformance.explore.steps.step import Step
from conformance.explore.steps.submission import Place
from conformance.kit.needs import Need
from conformance.subject.orders import Side, limit, market, stop_market

if TYPE_CHECKING:
    from conformance.explore.stage import Stage


#: Longer than an order that is good till a date can be good for at the shortest.
_PASSED_MS = 670_000


class Price(Step, frozen=True, kw_only=True, tag="price"):
    """The market moves; what it crosses fills and triggers."""

    to: Place = "below"
    by: str = "3%"

    needs: ClassVar[tuple[Need, ...]] = ("market_moves",)

    @property
    def shape(self) -> str:
        # Which way shows in the side of the orders that it triggers: one finding, whether they buy or sell.
        return "price moves"

    async def take(self, stage: "Stage") -> None:
        at = stage.market.below_last if self.to == "below" else stage.market.above_last
        await stage.market.moves_to(at(self.by))

    def words(self) -> str:
        return f"let the price {'fall' if self.to == 'below' else 'rise'} by {self.by}"

    def code(self) -> Sequence[str]:
        return [f'await market.moves_to(market.{self.to}_last("{self.by}"))']

    def plainer(self) -> Sequence["Price"]:
        return self._plainly(by="3%")


class Fill(Step, frozen=True, kw_only=True, tag="fill"):
    """Another trader takes a part, or the rest, of a resting order."""

    order: str
    quantity: str | None = None
    """None for all that is left."""

    needs: ClassVar[tuple[Need, ...]] = ("market_moves",)

    @property
    def about(self) -> tuple[str, ...]:
        return (self.order,)

    @property
    def shape(self) -> str:
        return "fill in part" if self.quantity else "fill"

    async def take(self, stage: "Stage") -> None:
        row = await stage.at_venue(self.order)
        left = row.left
        quantity = self.quantity or left
        if float(quantity) > float(left):
            raise Impossible(f"{self.order} has only {left} left")
        await stage.market.takes(row.venue_order_id, quantity)

    def words(self) -> str:
        return f"fill {self.quantity or 'the rest'} of {self.order}"

    def code(self) -> Sequence[str]:
        return [f'await market.takes({self.order}.events[-1].venue_order_id, "{self.quantity or "0.010"}")']

    def plainer(self) -> Sequence["Fill"]:
        return self._plainly(quantity=None)


class Other(Step, frozen=True, kw_only=True, tag="other client"):
    """Another client of the same account acts."""

    act: Literal["limit", "market", "stop", "cancel all", "close", "reduce", "leverage"]
    side: Side = "BUY"

    needs: ClassVar[tuple[Need, ...]] = ("orders_of_others",)

    @property
    def shape(self) -> str:
        return f"other client: {self.act}"

    async def take(self, stage: "Stage") -> None:
        venue, below = stage.venue, stage.market.below_last if self.side == "BUY" else stage.market.above_last
        above = stage.market.above_last if self.side == "BUY" else stage.market.below_last
        leg = stage.account.leg(self.side)
        if self.act == "limit":
            await venue.places(limit(self.side, "0.010", below("2%")).named(stage.foreign_name()), **leg)
        elif self.act == "market":
            await venue.places(market(self.side, "0.010").named(stage.foreign_name()), **leg)
        elif self.act == "stop":
            asked = stop_market(self.side, "0.010", trigger=above("2%")).named(stage.foreign_name())
            await venue.places(asked, **leg)
        elif self.act == "cancel all":
            await venue.cancels_all()
        elif self.act == "leverage":
            await venue.changes_leverage(5)
        else:
            await stage.account.loses("0.004" if self.act == "reduce" else None, stage.foreign_name())

    def words(self) -> str:
        return {
            "limit": f"let another client place a {self.side} limit order",
            "market": f"let another client place a {self.side} market order",
            "stop": f"let another client place a {self.side} stop",
            "cancel all": "let another client cancel all orders",
            "close": "let another client close the position",
            "reduce": "let another client close 0.004 of the position",
            "leverage": "let another client change the leverage",
        }[self.act]

    def code(self) -> Sequence[str]:
        below, above = ("below", "above") if self.side == "BUY" else ("above", "below")
        order = {
            "limit": f'limit("{self.side}", "0.010", market.{below}_last("2%"))',
            "market": f'market_order("{self.side}", "0.010")',
            "stop": f'stop_market("{self.side}", "0.010", trigger=market.{above}_last("2%"))',
        }.get(self.act)
        if order:
            return [f'await venue.places({order}.named("OTHER"))']
        act = {"cancel all": "cancels_all()", "leverage": "changes_leverage(5)", "close": "closes_position()"}
        act["reduce"] = 'closes_position("0.004")'
        return [f"await venue.{act[self.act]}"]

    def plainer(self) -> Sequence["Other"]:
        return self._plainly(side="BUY")


class OtherOn(Step, frozen=True, kw_only=True, tag="other client's act"):
    """Another client of the account acts on an order of the trader's."""

    act: Literal["cancel", "amend"]
    order: str

    @property
    def about(self) -> tuple[str, ...]:
        return (self.order,)

    @property
    def shape(self) -> str:
        return f"other client: {self.act} it"

    async def take(self, stage: "Stage") -> None:
        row = await stage.at_venue(self.order, conditional=self.act == "cancel")
        if self.act == "cancel" and row.conditional:
            await stage.venue.cancels_stop(row.venue_order_id)
        elif self.act == "cancel":
            await stage.venue.cancels(row.venue_order_id)
        else:
            price = stage.market.below_last("3%") if row.side == "BUY" else stage.market.above_last("3%")
            await stage.venue.amends(row.venue_order_id, row.side, quantity=row.quantity, price=price)

    def words(self) -> str:
        return f"let another client {self.act} {self.order}"

    def code(self) -> Sequence[str]:
        placed = f"{self.order}.events[-1].venue_order_id"
        if self.act == "cancel":
            return [f"await venue.cancels({placed})  # of a stop: cancels_stop"]
        return [f'await venue.amends({placed}, "BUY", quantity="0.010", price=market.below_last("3%"))']


class VenueAct(Step, frozen=True, kw_only=True, tag="venue"):
    """The venue does what no client asked for."""

    act: Literal["liquidate", "deleverage", "fund", "transfer", "expire listen key", "skew clock", "pass the date"]

    needs: ClassVar[tuple[Need, ...]] = ("venue_acts", "orders_of_others")

    @property
    def shape(self) -> str:
        # Either way the venue closes the position, by an order of its own.
        return f"venue: {'closes' if self.act in ('liquidate', 'deleverage') else self.act}"

    async def take(self, stage: "Stage") -> None:
        venue = stage.venue
        if self.act in ("liquidate", "deleverage"):
            leg = await stage.account.held()
            await (venue.liquidates(**leg) if self.act == "liquidate" else venue.deleverages(**leg))
        elif self.act == "fund":
            await venue.funds()
        elif self.act == "transfer":
            await venue.transfers("100")
        elif self.act == "skew clock":
            await venue.skews_clock(300)
        elif self.act == "pass the date":
            await venue.lets_pass(_PASSED_MS)
            # The trader goes on by the machine's clock, and would not be heard any more.
            await venue.skews_clock(-_PASSED_MS)
        else:
            await stage.stream_ends(venue.expires_listen_key)

    def words(self) -> str:
        return {
            "liquidate": "let the venue liquidate the position",
            "deleverage": "let the venue close the position by auto-deleveraging",
            "fund": "let the venue exchange funding",
            "transfer": "let 100 USDT be paid in",
            "expire listen key": "let the listen key expire",
            "skew clock": "let the venue's clock be 300 ms ahead",
            "pass the date": "let the date pass until which orders were good",
        }[self.act]

    def code(self) -> Sequence[str]:
        return {
            "liquidate": ["await venue.liquidates()"],
            "deleverage": ["await venue.deleverages()"],
            "fund": ["await venue.funds()"],
            "transfer": ['await venue.transfers("100")'],
            "skew clock": ["await venue.skews_clock(300)"],
            "pass the date": [f"await venue.lets_pass({_PASSED_MS:_})", f"await venue.skews_clock(-{_PASSED_MS:_})"],
            "expire listen key": [
                "await user_stream.ends(venue.expires_listen_key)",
                "await user_stream.is_open_again()",
            ],
        }[self.act]


class Expire(Step, frozen=True, kw_only=True, tag="expire"):
    """The venue expires an order."""

    order: str

    needs: ClassVar[tuple[Need, ...]] = ("expiries", "venue_acts")

    @property
    def about(self) -> tuple[str, ...]:
        return (self.order,)

    async def take(self, stage: "Stage") -> None:
        row = await stage.at_venue(self.order, conditional=True)
        if row.conditional:
            await stage.venue.expires_stop(row.venue_order_id)
        else:
            await stage.venue.expires(row.venue_order_id)

    def words(self) -> str:
        return f"let the venue expire {self.order}"

    def code(self) -> Sequence[str]:
        return [f"await venue.expires({self.order}.events[-1].venue_order_id)  # of a stop: expires_stop"]
