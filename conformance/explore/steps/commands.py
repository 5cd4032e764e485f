"""Commands to the trader other than submitting an order."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from conformance.explore.impossible import Impossible
from conformance.explore.steps.step import Step
from conformance.kit.needs import Need
from conformance.subject.orders import Side

if TYPE_CHECKING:
    from conformance.explore.stage import Stage


class Cancel(Step, frozen=True, kw_only=True, tag="cancel"):
    """The trader cancels one order."""

    order: str

    @property
    def about(self) -> tuple[str, ...]:
        return (self.order,)

    async def take(self, stage: "Stage") -> None:
        await stage.order(self.order).cancel()

    def words(self) -> str:
        return f"cancel {self.order}"

    def code(self) -> Sequence[str]:
        return [f"await {self.order}.cancel()"]


class Amend(Step, frozen=True, kw_only=True, tag="amend"):
    """The trader amends an order: another quantity, or a price (of a stop: a trigger) elsewhere."""

    order: str
    quantity: str | None = None
    to: str | None = None
    """How far from the last price the new price or trigger is, on the side where the old one was."""

    @property
    def about(self) -> tuple[str, ...]:
        return (self.order,)

    @property
    def shape(self) -> str:
        return "amend quantity" if self.quantity else "amend price"

    async def take(self, stage: "Stage") -> None:
        await stage.order(self.order).modify(**stage.amended(self.order, self.quantity, self.to))

    def words(self) -> str:
        what = f"quantity {self.quantity}" if self.quantity else f"to {self.to} from the last price"
        return f"amend {self.order}: {what}"

    def code(self) -> Sequence[str]:
        if self.quantity:
            return [f'await {self.order}.modify(quantity="{self.quantity}")']
        return [f'await {self.order}.modify(price=str(market.below_last("{self.to}")))  # or above, or its trigger']

    def plainer(self) -> Sequence["Amend"]:
        return self._plainly(to="3%", quantity=None) if self.to else ()


class CancelBatch(Step, frozen=True, kw_only=True, tag="cancel batch"):
    """The trader cancels several orders with one command."""

    orders: tuple[str, ...]

    needs: ClassVar[tuple[Need, ...]] = ("batch_cancel",)

    @property
    def about(self) -> tuple[str, ...]:
        return self.orders

    async def take(self, stage: "Stage") -> None:
        await stage.trader.cancel_batch([stage.order(each) for each in self.orders])

    def words(self) -> str:
        return f"cancel {' and '.join(self.orders)} with one command"

    def code(self) -> Sequence[str]:
        return [f"await trader.cancel_batch([{', '.join(self.orders)}])"]

    def plainer(self) -> Sequence["CancelBatch"]:
        return [self.but(orders=(each,)) for each in self.orders] if len(self.orders) > 1 else ()


class CancelAll(Step, frozen=True, kw_only=True, tag="cancel all"):
    """The trader cancels all open orders, or those of one side."""

    side: Side | None = None

    async def take(self, stage: "Stage") -> None:
        await stage.trader.cancel_all(side=self.side)

    def words(self) -> str:
        return f"cancel all {self.side} orders" if self.side else "cancel all orders"

    def code(self) -> Sequence[str]:
        return [f'await trader.cancel_all(side="{self.side}")' if self.side else "await trader.cancel_all()"]

    @property
    def shape(self) -> str:
        return "cancel all of a side" if self.side else "cancel all"

    def plainer(self) -> Sequence["CancelAll"]:
        return self._plainly(side=None)


class Query(Step, frozen=True, kw_only=True, tag="query"):
    """The trader asks the venue for the state of one order."""

    order: str

    @property
    def about(self) -> tuple[str, ...]:
        return (self.order,)

    async def take(self, stage: "Stage") -> None:
        await stage.queries(self.order)

    def words(self) -> str:
        return f"query {self.order}"

    def code(self) -> Sequence[str]:
        return [f"await {self.order}.query()"]


class Restart(Step, frozen=True, kw_only=True, tag="restart"):
    """The trader stops and starts again: cold, it knows of its orders what the venue answers."""

    warm: bool = False
    """Whether it kept its cache in a Redis, where it finds what it knew."""

    needs: ClassVar[tuple[Need, ...]] = ("orders_of_others",)
    """The orders of a session that kept nothing are nobody's."""

    @property
    def shape(self) -> str:
        return "restart on its cache" if self.warm else "restart"

    async def take(self, stage: "Stage") -> None:
        if self.warm and not stage.keeps_cache:
            raise Impossible("no cache database is there for a trader to start on")
        await stage.restarts()

    def words(self) -> str:
        return f"stop the trader and start it again{', on what its cache database has kept' if self.warm else ''}"

    def code(self) -> Sequence[str]:
        return ["trader = await traders.restart()" + ('  # needs=["cache_database"]' if self.warm else "")]

    def plainer(self) -> Sequence["Restart"]:
        return self._plainly(warm=False)


class Busy(Step, frozen=True, kw_only=True, tag="busy"):
    """The trader's own thread is kept busy while the next step happens."""

    ms: int = 100

    async def take(self, stage: "Stage") -> None:
        await stage.trader.is_busy(self.ms)

    def words(self) -> str:
        return f"keep the trader's own thread busy for {self.ms} ms"

    def code(self) -> Sequence[str]:
        return [f"await trader.is_busy({self.ms})"]
