"""Several orders with one command: a list of limit orders, and a bracket."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from conformance.explore.steps.step import Step
from conformance.kit.needs import Need
from conformance.subject.orders import Side

if TYPE_CHECKING:
    from conformance.explore.stage import Stage


class SubmitList(Step, frozen=True, kw_only=True, tag="submit list"):
    """The trader submits several resting limit orders with one command."""

    orders: tuple[str, ...]
    side: Side = "BUY"

    needs: ClassVar[tuple[Need, ...]] = ("order_lists",)

    @property
    def makes(self) -> tuple[str, ...]:
        return self.orders

    @property
    def sorts(self) -> Mapping[str, str]:
        return dict.fromkeys(self.orders, "resting order")

    async def take(self, stage: "Stage") -> None:
        await stage.submits_list(self.orders, self.side)

    def words(self) -> str:
        return f"submit {' and '.join(self.orders)} with one command: {self.side} limit orders that rest"

    def code(self) -> Sequence[str]:
        where = "below" if self.side == "BUY" else "above"
        orders = ", ".join(
            f'limit("{self.side}", "0.010", market.{where}_last("{number + 2}%"))' for number in range(len(self.orders))
        )
        return [f"{', '.join(self.orders)} = await trader.submit_list([{orders}])"]

    def plainer(self) -> Sequence["SubmitList"]:
        return self._plainly(side="BUY")


class Bracket(Step, frozen=True, kw_only=True, tag="bracket"):
    """The trader submits an entry with its take-profit and its stop-loss, with one command."""

    orders: tuple[str, str, str]
    """The letters of the entry, the take-profit and the stop-loss."""
    entry: Literal["limit", "market"] = "limit"
    side: Side = "BUY"
    """The entry's side."""

    needs: ClassVar[tuple[Need, ...]] = ("brackets", "order_lists")

    @property
    def makes(self) -> tuple[str, ...]:
        return self.orders

    @property
    def sorts(self) -> Mapping[str, str]:
        entry = "resting order" if self.entry == "limit" else "trading order"
        return dict(zip(self.orders, (entry, "take-profit of a bracket", "stop"), strict=True))

    async def take(self, stage: "Stage") -> None:
        await stage.submits_bracket(self.orders, self.side, self.entry)

    def words(self) -> str:
        entry = "a limit order that rests" if self.entry == "limit" else "a market order"
        first, second, third = self.orders
        return f"submit a bracket: {first}, {entry}, {self.side} 0.010, its take-profit {second} and its stop {third}"

    def code(self) -> Sequence[str]:
        near, far, exits = ("below", "above", "SELL") if self.side == "BUY" else ("above", "below", "BUY")
        limited = f'limit("{self.side}", "0.010", market.{near}_last("2%"))'
        entry = limited if self.entry == "limit" else f'market_order("{self.side}", "0.010")'
        return [
            f"{', '.join(self.orders)} = await trader.bracket(",
            f"    {entry},",
            f'    limit("{exits}", "0.010", market.{far}_last("2%")),',
            f'    stop_market("{exits}", "0.010", trigger=market.{near}_last("4%")),',
            ")",
        ]

    def plainer(self) -> Sequence["Bracket"]:
        return self._plainly(side="BUY", entry="limit")
