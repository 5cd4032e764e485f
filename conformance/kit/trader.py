"""The trader as a case holds it: commands to the node inside the subject, and verifiers of what it then does."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace as amended
from decimal import Decimal
from typing import Any, Protocol, TypeGuard

from msgspec.structs import replace

from conformance.binance.fate import error_code
from conformance.history.entries import Connection, Entry, Event, Frame, Snapshot
from conformance.history.history import DeadlineError, History
from conformance.history.order_states import TERMINAL, state_after
from conformance.kit.failure import CheckError
from conformance.kit.fields import Fields
from conformance.subject.orders import OrderRequest

#: A refusal of the wish that a case waits for ends the wait at once.
_REFUSALS = {"UPDATED": {"MODIFY_REJECTED"}, "CANCELED": {"CANCEL_REJECTED"}}


class Link(Protocol):
    """The part of `conformance.subject.TraderLink` that a case uses."""

    async def command(self, op: str, *, within_s: float = ..., **arguments: Any) -> dict[str, Any]:
        """Send one command to the trader's process and return its reply."""
        ...


class Trader:
    """A running trader: commands to its node, and verifiers of what the node then does."""

    def __init__(
        self,
        link: Link,
        history: History,
        prefix: str,
        approve: Callable[[OrderRequest], None] | None = None,
        mark: str = "",
    ) -> None:
        self._link = link
        self._approve = approve
        self._history = history
        self._prefix = prefix
        self._mark = mark
        self._submitted = 0

    async def submit(self, request: OrderRequest) -> "Order":
        """Submit an order; without an explicit client order id it is `<case id>-<n>`. The world's mark follows."""
        name = request.client_order_id
        if not name:
            self._submitted += 1
            name = f"{self._prefix}-{self._submitted}"
        request = request.named(f"{name}{self._mark}")
        self.approve(request)
        order = Order(self, request, since=len(self._history))
        await self.command("submit", order=request.to_command())
        return order

    def approve(self, request: OrderRequest) -> None:
        """Raise what the world raises for an order that must not be sent in it."""
        if self._approve is not None:
            self._approve(request)

    async def cancel_all(self, symbol: str = "BTCUSDT") -> None:
        """Cancel every open order of the symbol with the trader's own command for it."""
        await self.command("cancel_all", symbol=symbol)

    async def cancel_batch(self, orders: Sequence["Order"]) -> None:
        """Cancel several orders with one command."""
        await self.command("cancel_batch", client_order_ids=[order.id for order in orders])

    async def query_account(self) -> None:
        """Ask the trader to query its account at the venue."""
        await self.command("query_account")

    async def books(self) -> Mapping[str, Any]:
        """Return the trader's own view: `orders`, `positions` and `balances`, numbers as strings."""
        reply = await self.command("snapshot")
        books = {key: reply[key] for key in ("orders", "positions", "balances")}
        shown = Snapshot.of("trader", books)
        latest = next((entry for entry in reversed(self._history.entries) if _shows_the_trader(entry)), None)
        # Who waits for a state asks again and again: only news is worth a line.
        if latest is None or replace(latest, seq=shown.seq, ns=shown.ns) != shown:
            self._history.append(shown)
        return books

    async def holds(self, signed_quantity: str, symbol: str = "BTCUSDT", within_s: float = 5.0) -> None:
        """Wait until the trader's net position in `symbol` is `signed_quantity` (short is negative, flat is 0)."""
        wanted = Decimal(signed_quantity)
        held = Decimal(0)

        async def matches() -> bool:
            nonlocal held
            positions = (await self.books())["positions"]
            held = sum((Decimal(row["signed_qty"]) for row in positions if row["symbol"] == symbol), Decimal(0))
            return held == wanted

        if not await comes_true(self._history, matches, within_s=within_s):
            raise CheckError(
                f"the trader must hold {wanted} {symbol}, it holds {held}\n{self._history.timeline()}",
                signature=f"position {'flat' if held == 0 else 'wrong'}, required {'flat' if wanted == 0 else 'open'}",
            )

    async def has_open(self, *client_order_ids: str, within_s: float = 5.0) -> None:
        """Wait until exactly these orders, as the case calls them, are open in the trader."""
        found: list[str] = []
        wanted = sorted(name if name.endswith(self._mark) else f"{name}{self._mark}" for name in client_order_ids)

        async def matches() -> bool:
            found[:] = sorted(row["client_order_id"] for row in (await self.books())["orders"] if row["open"])
            return found == wanted

        if not await comes_true(self._history, matches, within_s=within_s):
            raise CheckError(
                f"{wanted} must be open in the trader, open are {found}\n{self._history.timeline()}",
                signature=f"{len(found)} orders open, required {len(client_order_ids)}",
            )

    async def has_booked(self, client_order_id: str, trades: Collection[str], *, within_s: float = 5.0) -> None:
        """Wait until the trader's order of this name, as the case calls it, has filled by exactly these trade ids."""
        name = f"{client_order_id}{self._mark}"
        found: list[str] = []

        async def matches() -> bool:
            rows = (await self.books())["orders"]
            found[:] = next((row.get("trade_ids", []) for row in rows if row["client_order_id"] == name), [])
            return sorted(found) == sorted(trades)

        if not await comes_true(self._history, matches, within_s=within_s):
            others = len(set(found) - set(trades))
            raise CheckError(
                f"{name} must have the trades {sorted(trades)}, it has {found}\n{self._history.timeline()}",
                signature=f"{len(set(found) & set(trades))} of {len(trades)} trades booked under the venue's trade id"
                + (f", {others} under others" if others else ""),
            )

    async def stays_quiet(self, for_s: float = 0.5) -> None:
        """Wait out `for_s` seconds and fail if the trader fills an order or changes a position meanwhile."""
        since = len(self._history)
        try:
            event = await self._history.wait_for(
                Event, _changes_a_position, what="nothing", within_s=for_s, since=since
            )
        except DeadlineError:
            return
        raise CheckError(
            f"nothing must change, but {event.name} came\n{self._history.timeline()}",
            signature=f"{event.name} though nothing had changed",
        )

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Send one command of the subject protocol and return its reply; the history has both."""
        return await self._link.command(op, within_s=within_s, **arguments)

    @property
    def history(self) -> History:
        """The history that this trader's commands and events are written to."""
        return self._history


class Order:
    """One order of the trader: what was asked for, and verifiers over the events that followed."""

    def __init__(self, trader: Trader, request: OrderRequest, since: int) -> None:
        self._trader = trader
        self._since = since
        self._cursor = since
        self.request = request
        self.id = request.client_order_id

    @property
    def events(self) -> list[Event]:
        """All events of this order so far, oldest first."""
        return [
            event for event in self._trader.history.of(Event, since=self._since) if event.client_order_id == self.id
        ]

    @property
    def state(self) -> str:
        """The state after the latest event, `(none)` before any."""
        return next((state for event in reversed(self.events) if (state := state_after(event))), "(none)")

    async def reaches(self, state: str, *, within_s: float = 5.0) -> Fields:
        """Wait for the next event that brings this order to `state` and return it; what it lacks is a `CheckError`.

        Fails at once when the order ends in another terminal state, or when the venue refuses the wish that would lead
        to `state`; fails after `within_s` seconds otherwise. The signature names the type, the states and the code.
        """
        refusals = _REFUSALS.get(state, set())

        def decisive(event: Event) -> bool:
            if event.client_order_id != self.id:
                return False
            reached = state_after(event)
            return reached == state or reached in TERMINAL or reached in refusals

        history = self._trader.history
        what = f"order {self.id} ({self.request.type} {self.request.side}) reaches {state}"
        try:
            event = await history.wait_for(Event, decisive, what=what, within_s=within_s, since=self._cursor)
        except DeadlineError as error:
            raise CheckError(
                str(error), signature=f"{self.request.type} stayed {self.state}, required {state}"
            ) from None
        reached = state_after(event)
        if reached != state:
            code = error_code(event.reason)
            raise CheckError(
                f"{what}: it ended {reached} instead, reason: {event.reason!r}\n{history.timeline()}",
                signature=f"{self.request.type} ended {reached}{f' ({code})' if code else ''}, required {state}",
            )
        self._cursor = event.seq + 1
        return Fields(event.fields(), event.name)

    async def stands(self, state: str, *, settled_after_s: float = 0.3) -> None:
        """Wait until the order has had no event for `settled_after_s`, then require that the trader has it in `state`.

        For what must not happen: an order that is accepted first and rejected later does not stand accepted.
        """
        history = self._trader.history
        await _silence(history, lambda event: event.client_order_id == self.id, settled_after_s)
        rows = (await self._trader.books())["orders"]
        status = next((row["status"] for row in rows if row["client_order_id"] == self.id), "unknown")
        if status != state:
            reason = next((event.reason for event in reversed(self.events) if event.reason), None)
            raise CheckError(
                f"order {self.id} must stand {state}, it stands {status}; reason: {reason!r}\n{history.timeline()}",
                signature=f"{self.request.type} stands {status}, required {state}",
            )

    async def modify(
        self, *, quantity: str | None = None, price: str | None = None, trigger_price: str | None = None
    ) -> None:
        """Ask for a new quantity, price or trigger price (decimal strings); what is not given stays."""
        changes = {"quantity": quantity, "price": price, "trigger_price": trigger_price}
        asked: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
        self._trader.approve(amended(self.request, **asked))
        await self._trader.command("modify", client_order_id=self.id, **asked)

    async def cancel(self) -> None:
        """Ask for this order's cancellation."""
        await self._trader.command("cancel", client_order_id=self.id)

    async def query(self) -> None:
        """Ask the trader to query this order at the venue."""
        await self._trader.command("query_order", client_order_id=self.id)

    def never(self, *states: str) -> None:
        """Fail if any event so far brought this order to one of `states`."""
        for event in self.events:
            if (reached := state_after(event)) in states:
                code = error_code(event.reason)
                raise CheckError(
                    f"order {self.id} must never be {reached}, but it was; reason: {event.reason!r}\n"
                    f"{self._trader.history.timeline()}",
                    signature=f"{self.request.type} was {reached}{f' ({code})' if code else ''}, required never",
                )


def _shows_the_trader(entry: Entry) -> TypeGuard[Snapshot]:
    return isinstance(entry, Snapshot) and entry.who == "trader"


def _changes_a_position(event: Event) -> bool:
    return event.name == "OrderFilled" or event.name.startswith("Position")


async def _silence(history: History, about: Callable[[Event], bool], for_s: float) -> None:
    """Return once no event that `about` selects has come for `for_s` seconds."""
    while True:
        since = len(history)
        try:
            await history.wait_for(Event, about, what="nothing", within_s=for_s, since=since)
        except DeadlineError:
            return


async def comes_true(history: History, probe: Callable[[], Awaitable[bool]], *, within_s: float = 5.0) -> bool:
    """Probe again after every event and frame until `probe` is true or `within_s` has passed; return its last word.

    A tenth of a second without any entry also leads to another probe: a trader applies some frames to its books
    without any event of its own.
    """
    loop_deadline = history.now_s() + within_s
    while True:
        since = len(history)
        if await probe():
            return True
        left = loop_deadline - history.now_s()
        if left <= 0:
            return False
        try:
            await history.wait(
                lambda entry: isinstance(entry, Event | Frame | Connection),
                what="anything",
                within_s=min(left, 0.1),
                since=since,
            )
        except DeadlineError:
            continue
