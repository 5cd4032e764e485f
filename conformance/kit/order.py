"""An order as a case holds it: commands about it, and verifiers of what happens to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from conformance.binance.client_order_id import case_id
from conformance.binance.fate import error_code
from conformance.history.entries import Event, Request
from conformance.history.history import DeadlineError, History
from conformance.history.order_states import TERMINAL, state_after
from conformance.kit.failure import CheckError
from conformance.kit.fields import Fields
from conformance.kit.waiting import silence
from conformance.subject.errors import CommandRefused
from conformance.subject.orders import OrderRequest

#: A refusal of the wish that a case waits for ends the wait at once.
_REFUSALS = {"UPDATED": {"MODIFY_REJECTED"}, "CANCELED": {"CANCEL_REJECTED"}}


class OwnTrader(Protocol):
    """The part of `Trader` that an order uses."""

    @property
    def history(self) -> History:
        """The history that the trader's commands and events are written to."""
        ...

    def approve(self, request: OrderRequest) -> None:
        """Raise what the world raises for an order that must not be sent in it."""
        ...

    async def command(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Send one command to the trader and return its reply."""
        ...

    async def books(self) -> Mapping[str, Any]:
        """Return the trader's own view."""
        ...

    async def settles(self) -> None:
        """Return once the trader has dealt with all that has reached it so far."""
        ...

    async def has_its_answers(self) -> None:
        """Wait until every request of the trader has its answer."""
        ...


class Order:
    """One order that the trader knows: commands about it, and verifiers over the events that followed."""

    def __init__(self, trader: OwnTrader, order_id: str, request: OrderRequest | None, since: int) -> None:
        self._trader = trader
        self._since = since
        self._cursor = since
        self.request = request
        """What was asked for; None for an order that this trader did not submit."""
        self.id = order_id

    @property
    def asked(self) -> OrderRequest:
        """What was asked for; a case asks this only of an order that its trader submitted."""
        if self.request is None:
            raise TypeError(f"order {self.id} was not submitted by this trader, so that nothing was asked for it here")
        return self.request

    @property
    def label(self) -> str:
        """What a signature calls it: its type, or the name that the case gave an order that it did not submit."""
        return case_id(self.id) if self.request is None else self.request.type

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

    async def reaches(self, *states: str, within_s: float = 5.0) -> Fields:
        """Wait for the next event that brings this order to one of `states` and return it; else raise `CheckError`.

        Fails at once when the order ends in another terminal state, or when the venue refuses the wish that would lead
        to it; fails after `within_s` seconds otherwise. The signature names the type, the states and the code.
        """
        refusals = set().union(*(_REFUSALS.get(state, set()) for state in states))
        wanted = " or ".join(states)

        def decisive(event: Event) -> bool:
            if event.client_order_id != self.id:
                return False
            reached = state_after(event)
            return reached in states or reached in TERMINAL or reached in refusals

        history = self._trader.history
        what = f"order {self.id} ({self.label})"
        began = len(history)
        try:
            event = await history.wait_for(
                Event, decisive, what=f"{what} reaches {wanted}", within_s=within_s, since=self._cursor
            )
        except DeadlineError:
            raise CheckError(
                what,
                required=f"{wanted} within {within_s:g} s",
                seen=f"{self.state}, and no more",
                signature=f"{self.label} stayed {self.state}, required {wanted}",
                since=began,
            ) from None
        reached = state_after(event)
        if reached not in states:
            code = error_code(event.reason)
            raise CheckError(
                what,
                required=wanted,
                seen=_told(reached, event.reason),
                signature=f"{self.label} ended {reached}{f' ({code})' if code else ''}, required {wanted}",
                since=began,
            )
        self._cursor = event.seq + 1
        return Fields(event.fields(), event.name)

    async def stands(self, state: str, *, after_s: float = 0.0) -> None:
        """Require that the trader has the order in `state` once everything that was said has been dealt with.

        For what must not happen: an order that is accepted first and rejected later does not stand accepted. A trader
        that acts on a timer (a retry, a check) needs `after_s` as well: so long without an event of the order.
        """
        history = self._trader.history
        began = len(history)
        if after_s:
            await silence(history, lambda event: event.client_order_id == self.id, after_s)
        await self._trader.settles()
        status = (await self.row()).get("status", "unknown")
        if status != state:
            reason = next((event.reason for event in reversed(self.events) if event.reason), None)
            raise CheckError(
                f"order {self.id} ({self.label}) in the trader's books",
                required=f"{state} once all was said",
                seen=_told(status, reason),
                signature=f"{self.label} stands {status}, required {state}",
                since=began,
            )

    async def row(self) -> Mapping[str, Any]:
        """Return the order as it stands in the trader's own books; {} where they do not have it."""
        rows: Sequence[Mapping[str, Any]] = (await self._trader.books())["orders"]
        return next((row for row in rows if row["client_order_id"] == self.id), {})

    async def modify(
        self, *, quantity: str | None = None, price: str | None = None, trigger_price: str | None = None
    ) -> None:
        """Ask for a new quantity, price or trigger price (decimal strings); what is not given stays."""
        changes = {"quantity": quantity, "price": price, "trigger_price": trigger_price}
        asked: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
        if self.request is not None:
            self._trader.approve(replace(self.request, **asked))
        await self._trader.command("modify", client_order_id=self.id, **asked)

    async def try_to_modify(self, **to: str) -> bool:
        """Ask as `modify` does, where the version may rightly refuse to ask: return whether it did not, and said so."""
        try:
            await self.modify(**to)
        except CommandRefused:
            return False
        return True

    async def cancel(self) -> None:
        """Ask for this order's cancellation."""
        await self._trader.command("cancel", client_order_id=self.id)

    async def query(self) -> None:
        """Ask the trader to query this order at the venue."""
        await self._trader.command("query_order", client_order_id=self.id)

    async def is_queried(self, *, within_s: float = 5.0) -> None:
        """Ask the trader to query this order at the venue, and wait until it has read what it was answered."""
        history = self._trader.history
        since = len(history)
        await self.query()
        try:
            await history.wait_for(Request, _asks_for_an_order, what="a query", within_s=within_s, since=since)
        except DeadlineError:
            raise CheckError(
                f"order {self.id} ({self.label})",
                required=f"a query of it at the venue within {within_s:g} s",
                seen="no query",
                signature=f"{self.label} was not queried at the venue",
                since=since,
            ) from None
        await self._trader.has_its_answers()

    def never(self, *states: str) -> None:
        """Fail if any event so far brought this order to one of `states`."""
        for event in self.events:
            if (reached := state_after(event)) in states:
                code = error_code(event.reason)
                raise CheckError(
                    f"order {self.id} ({self.label})",
                    required=f"never {' or '.join(states)}",
                    seen=_told(reached, event.reason),
                    since=event.seq,
                    signature=f"{self.label} was {reached}{f' ({code})' if code else ''}, required never",
                )


def _told(state: str, reason: str | None) -> str:
    return f"{state}, reason {reason!r}" if reason else state


def _asks_for_an_order(request: Request) -> bool:
    return request.by == "trader" and request.endpoint is not None and request.endpoint.act == "query"
