"""The submission of one order, of every kind that the venue has."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from conformance.explore.steps.step import Step
from conformance.kit.market import Market
from conformance.subject.orders import (
    OrderRequest,
    Side,
    limit,
    market,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)

if TYPE_CHECKING:
    from conformance.explore.stage import Stage

Kind = Literal[
    "limit",
    "limit-at-once",
    "post-only",
    "post-only-at-once",
    "gtd",
    "ioc",
    "fok",
    "market",
    "stop",
    "stop-limit",
    "take-profit",
    "take-profit-limit",
    "trailing",
    "closing-stop",
    "closing-take-profit",
    "stop-at-once",
    "too-small",
]
Place = Literal["below", "above"]
#: The venue takes no date that is nearer than ten minutes.
_GOOD_FOR_S = 660
_OTHER: dict[Place, Place] = {"below": "above", "above": "below"}
#: What a person calls each kind.
_WORDS: dict[Kind, str] = {
    "limit": "a limit order that rests",
    "limit-at-once": "a limit order that trades at once",
    "post-only": "a post-only order that rests",
    "post-only-at-once": "a post-only order that would trade at once",
    "gtd": "a limit order that rests, good for eleven minutes",
    "ioc": "an immediate-or-cancel order that trades at once",
    "fok": "a fill-or-kill order that nothing fills",
    "market": "a market order",
    "stop": "a stop",
    "stop-limit": "a stop limit order",
    "take-profit": "a take-profit",
    "take-profit-limit": "a take-profit limit order",
    "trailing": "a trailing stop",
    "closing-stop": "a stop that closes the position",
    "closing-take-profit": "a take-profit that closes the position",
    "stop-at-once": "a stop on the wrong side of the market",
    "too-small": "an order below the smallest amount",
}
CONDITIONAL: frozenset[Kind] = frozenset(
    {"stop", "stop-limit", "take-profit", "take-profit-limit", "trailing", "closing-stop", "closing-take-profit"}
)
#: Those that rest in the book once they have triggered, if the price has gone past theirs.
LIMITED: frozenset[Kind] = frozenset({"stop-limit", "take-profit-limit"})
RESTING: frozenset[Kind] = frozenset({"limit", "post-only", "gtd"})
TRADING: frozenset[Kind] = frozenset({"market", "limit-at-once", "ioc"})
#: Those whose price, or trigger, is on the far side of the market for a buyer.
_ABOVE_FOR_BUYERS: frozenset[Kind] = frozenset(
    {"limit-at-once", "post-only-at-once", "ioc", "stop", "stop-limit", "closing-stop"}
)
_CLOSING: frozenset[Kind] = frozenset({"closing-stop", "closing-take-profit"})
_UNPRICED: frozenset[Kind] = frozenset({"market", "too-small"})


class Submit(Step, frozen=True, kw_only=True, tag="submit"):
    """The trader submits an order."""

    order: str
    """Its letter, from which its client order id follows."""
    kind: Kind = "limit"
    side: Side = "BUY"
    quantity: str = "0.010"
    away: str = "2%"
    """How far its price, or its trigger, is from the last price."""
    reduce_only: bool = False
    mark: bool = False
    """Whether a stop watches the mark price."""

    @property
    def makes(self) -> tuple[str, ...]:
        return (self.order,)

    @property
    def closing(self) -> bool:
        """Whether it closes the whole position, whatever that is: such an order is not reduce-only as well."""
        return self.kind in _CLOSING

    @property
    def triggers_above(self) -> bool | None:
        """Whether a rise of the price triggers it, or a fall; None where nothing does, or both may."""
        return self.where == "above" if self.kind in CONDITIONAL and self.kind != "trailing" else None

    @property
    def sorts(self) -> Mapping[str, str]:
        return {self.order: self._sort}

    @property
    def _sort(self) -> str:
        """What the venue makes of it: it rests, it trades at once, it waits as a stop does, or it is refused."""
        sorts = {"resting order": RESTING, "trading order": TRADING, "stop": CONDITIONAL}
        return next((sort for sort, kinds in sorts.items() if self.kind in kinds), "refused order")

    @property
    def shape(self) -> str:
        return f"submit a {self._sort}"

    async def take(self, stage: "Stage") -> None:
        await stage.submits(self.order, self.request(stage.market))

    def request(self, market: Market) -> OrderRequest:
        """Return the order as the kit has it, priced from the market as it is now."""
        return _Terms(self, market).request()

    def words(self) -> str:
        reduce = ", reduce-only" if self.reduce_only else ""
        mark = ", by the mark price" if self.mark else ""
        where = "" if self.kind in _UNPRICED else f", {self.away} {self.where} the last price"
        return f"submit {self.order}: {_WORDS[self.kind]}, {self.side} {self.amount}{where}{reduce}{mark}"

    def code(self) -> Sequence[str]:
        return [f"{self.order} = await trader.submit({self.request_code()})"]

    def plainer(self) -> Sequence["Submit"]:
        plain = self._plainly(side="BUY", quantity="0.010", away="2%", reduce_only=False, mark=False)
        kinds: list[Kind] = ["limit", "stop"] if self.kind in CONDITIONAL else ["limit"]
        others = [self.but(kind=kind) for kind in kinds if self.kind not in (kind, "market")]
        return list(dict.fromkeys([*(step.but(kind=kind) for step in plain[:1] for kind in kinds), *others, *plain]))

    @property
    def where(self) -> Place:
        """On which side of the last price its price or trigger is."""
        for_buyers: Place = "above" if self.kind in _ABOVE_FOR_BUYERS else "below"
        return for_buyers if self.side == "BUY" else _OTHER[for_buyers]

    @property
    def amount(self) -> str:
        """Its quantity."""
        return "0.001" if self.kind == "too-small" else self.quantity

    def request_code(self) -> str:
        """Return the order as a case has it."""
        return _Code(self).text()


@dataclass(frozen=True)
class _Terms:
    """An order's figures, from the market as it is."""

    step: Submit
    market: Market

    def request(self) -> OrderRequest:
        step, quantity = self.step, self.step.amount
        if step.kind in _UNPRICED:
            return market(step.side, quantity, reduce_only=step.reduce_only)
        if step.kind == "trailing":
            return trailing_stop_market(step.side, quantity, callback_rate="1", reduce_only=step.reduce_only)
        if step.kind in CONDITIONAL or step.kind == "stop-at-once":
            return self._conditional()
        return limit(
            step.side,
            quantity,
            self._price(),
            reduce_only=step.reduce_only,
            post_only=step.kind.startswith("post-only"),
            time_in_force={"ioc": "IOC", "fok": "FOK", "gtd": "GTD"}.get(step.kind, "GTC"),
            expire_time_ms=(int(time.time()) + _GOOD_FOR_S) * 1000 if step.kind == "gtd" else None,
        )

    def _conditional(self) -> OrderRequest:
        step, at = self.step, self._price()
        watched = "MARK_PRICE" if step.mark else None
        if step.kind == "stop-limit":
            return stop_limit(
                step.side, step.amount, trigger=at, price=at, reduce_only=step.reduce_only, trigger_type=watched
            )
        if step.kind in ("take-profit", "closing-take-profit"):
            taking = take_profit_market(step.side, step.amount, trigger=at, reduce_only=step.reduce_only)
            return taking.but(close_position=step.closing)
        if step.kind == "take-profit-limit":
            return take_profit_limit(step.side, step.amount, trigger=at, price=at, reduce_only=step.reduce_only)
        order = stop_market(step.side, step.amount, trigger=at, reduce_only=step.reduce_only, trigger_type=watched)
        return order.but(close_position=step.closing)

    def _price(self) -> Decimal:
        at = self.market.above_last if self.step.where == "above" else self.market.below_last
        return at(self.step.away)


_FORCES: dict[Kind, str] = {
    "ioc": ', time_in_force="IOC"',
    "fok": ', time_in_force="FOK"',
    "gtd": f', time_in_force="GTD", expire_time_ms=(int(time.time()) + {_GOOD_FOR_S}) * 1000',
}


@dataclass(frozen=True)
class _Code:
    """The same as text, in the kit's words."""

    step: Submit

    def text(self) -> str:
        step = self.step
        reduce = ", reduce_only=True" if step.reduce_only and step.kind not in _CLOSING else ""
        at = f'market.{step.where}_last("{step.away}")'
        head = f'"{step.side}", "{step.amount}"'
        watched = ', trigger_type="MARK_PRICE"' if step.mark else ""
        if step.kind in _UNPRICED:
            return f"market_order({head}{reduce})"
        if step.kind == "trailing":
            return f'trailing_stop_market({head}, callback_rate="1"{reduce})'
        if step.kind == "stop-limit":
            return f"stop_limit({head}, trigger={at}, price={at}{reduce}{watched})"
        whole = ".but(close_position=True)" if step.kind in _CLOSING else ""
        if step.kind in ("take-profit", "closing-take-profit"):
            return f"take_profit_market({head}, trigger={at}{reduce}){whole}"
        if step.kind == "take-profit-limit":
            return f"take_profit_limit({head}, trigger={at}, price={at}{reduce})"
        if step.kind in ("stop", "closing-stop", "stop-at-once"):
            return f"stop_market({head}, trigger={at}{reduce}{watched}){whole}"
        post = ", post_only=True" if step.kind.startswith("post-only") else ""
        force = _FORCES.get(step.kind, "")
        return f"limit({head}, {at}{post}{force}{reduce})"
