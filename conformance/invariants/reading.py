"""One reading of a history, shared by all rules: commands, requests, answers, frames and events, indexed once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from conformance.binance.answers import rows_of
from conformance.binance.client_order_id import own_id
from conformance.binance.endpoint import Act
from conformance.history.books import OrderRow, PositionRow
from conformance.history.entries import Answer, Command, Entry, Event, Frame, Request, Snapshot
from conformance.history.history import History
from conformance.invariants.balances_told import BalancesTold
from conformance.invariants.handled import acted
from conformance.invariants.held_back import cut_up, held_back
from conformance.invariants.lineages import Lineages
from conformance.invariants.order_acts import OrderAct, order_acts
from conformance.invariants.positions import PositionsKept
from conformance.invariants.resubmissions import Resubmissions
from conformance.invariants.statements import Statement, Statements
from conformance.invariants.symbol_ids import SymbolIds

#: Fields that hold a client order id, in events and in answers.
_NAMES = ("c", "caid", "clientOrderId", "clientAlgoId")


class Reading:
    """A history as the rules ask it. Each answer is worked out once."""

    def __init__(self, history: History) -> None:
        self.history = history

    @cached_property
    def requests(self) -> Sequence[Request]:
        """The trader's requests; what the suite itself asked is not judged."""
        return [request for request in self.history.of(Request) if request.by == "trader"]

    @cached_property
    def answers(self) -> dict[int, Answer]:
        """The answers by the number of their request."""
        return {answer.to: answer for answer in self.history.of(Answer)}

    @cached_property
    def events(self) -> Sequence[Event]:
        """The trader's events."""
        return self.history.of(Event)

    @cached_property
    def fills(self) -> Sequence[Event]:
        """The trader's fills."""
        return [event for event in self.events if event.name == "OrderFilled"]

    @cached_property
    def unbooked_trades(self) -> Mapping[tuple[Any, Any], Sequence[Statement]]:
        """The trades that the venue pushed and that no fill books, by their price and quantity."""
        booked = SymbolIds((fill.symbol, fill.trade_id) for fill in self.fills)
        found: dict[tuple[Any, Any], list[Statement]] = defaultdict(list)
        for trade in self.statements.pushed_trades:
            if not booked.has(trade.symbol, trade.trade):
                found[trade.terms.get("last_px"), trade.quantity].append(trade)
        return found

    @cached_property
    def commands(self) -> Sequence[Command]:
        """The case's commands to the trader; one about several orders stands for one about each.

        What a handler was armed with counts from when it acted, and not at all where it never did.
        """
        given = [command for command in self.history.of(Command) if command.op != "when"]
        done = sorted([*given, *acted(self.history)], key=lambda command: command.seq)
        return [each for command in done for each in command.apart]

    @cached_property
    def submissions(self) -> Mapping[str, Sequence[Command]]:
        """The submit commands by client order id, in their order: several where a name is used again.

        But for those that were refused because there was an order of that name.
        """
        submitted: dict[str, list[Command]] = {}
        for command in self.commands:
            if command.order is not None and not self.resubmissions.refused(command):
                submitted.setdefault(command.order.client_order_id, []).append(command)
        return submitted

    def submission(self, order: str | None, at: Entry) -> Command | None:
        """Return the submit command of the order that went by a name when an entry happened; None before the first.

        What a trader told before a command may reach the history after it: it counts for the order before.
        """
        given = self.submissions.get(str(order), ())
        return next((each for each in reversed(given) if each.seq < at.seq and each.ns <= at.ns), None)

    @cached_property
    def resubmissions(self) -> Resubmissions:
        """What was submitted under the id of an order that there was already."""
        return Resubmissions(self.history, self.commands, self.lineages)

    @cached_property
    def held_back(self) -> Mapping[str, frozenset[str]]:
        """The orders that the trader was asked to hold back until a price releases them, each with its family."""
        return held_back(self.commands)

    @cached_property
    def kept_here(self) -> Mapping[str, frozenset[str]]:
        """The orders that may end without the venue ever having had them: held back, or to be cut up; with families."""
        return {**{order: frozenset({order}) for order in cut_up(self.commands)}, **self.held_back}

    @cached_property
    def _acts(self) -> Sequence[OrderAct]:
        return list(order_acts(self.requests, self.answers))

    def acts(self, *what: Act) -> list[OrderAct]:
        """Return what the trader asked of single orders, in the order of its requests; with `what`, only that."""
        return [act for act in self._acts if not what or act.what in what]

    @cached_property
    def placements(self) -> dict[str, list[OrderAct]]:
        """The trader's placing requests by client order id."""
        found: dict[str, list[OrderAct]] = {}
        for act in self.acts("place"):
            if act.order:
                found.setdefault(act.order, []).append(act)
        return found

    @cached_property
    def placed_by_others(self) -> Mapping[bool, SymbolIds]:
        """What the suite placed as another client, the venue's ids: under True those of algo orders."""
        asked = [request for request in self.history.of(Request) if request.by != "trader"]
        placed = {True: SymbolIds(), False: SymbolIds()}
        for act in order_acts(asked, self.answers):
            if act.what == "place" and act.granted:
                placed[act.algo].add(act.params.get("symbol"), str(act.body["algoId" if act.algo else "orderId"]))
        return placed

    @cached_property
    def statements(self) -> Statements:
        """The venue's frames and answers to the trader."""
        return Statements(self.history)

    @cached_property
    def balances_told(self) -> BalancesTold:
        """The balances that the venue has told the trader of."""
        return BalancesTold(self.history)

    @cached_property
    def lineages(self) -> Lineages:
        """Which traders keep the same books."""
        return Lineages(self.history)

    @cached_property
    def positions(self) -> PositionsKept:
        """What the trader's fills add up to."""
        return PositionsKept(self.fills, self.statements, self.lineages)

    @cached_property
    def order_events(self) -> dict[tuple[int, str], list[Event]]:
        """The trader's order events by book and client order id, in the order in which they came.

        Two traders tell of the same order each for itself, unless the second goes on with the first one's book.
        """
        by_order: dict[tuple[int, str], list[Event]] = defaultdict(list)
        for event in self.events:
            if event.name.startswith("Order") and event.client_order_id:
                by_order[self.lineages.of(event), event.client_order_id].append(event)
        return by_order

    def order_before(self, event: Event) -> OrderRow | None:
        """Return the order of a trader's first event of it, as it took it over at its start; None if it did not."""
        rows = self._taken_over_before(event).orders
        return next((row for row in rows if row.client_order_id == event.client_order_id), None)

    def is_after_a_crash(self, event: Event, of: Command | None) -> bool:
        """Whether the trader of a start was killed, as a crash would end it, and an event is of one started later."""
        start = self.lineages.start_of(event)
        return start is not None and any(
            command.op == "kill" and command.seq < start.seq and self.lineages.last_before(command.seq) is of
            for command in self.commands
        )

    def may_have_missed(self, since: int, until: int | None = None) -> bool:
        """Whether a strategy was stopped after the entry `since`: 2.x tells a stopped one nothing of what happens."""
        end = len(self.history.entries) if until is None else until
        return any(command.op == "pause" and since < command.seq < end for command in self.commands)

    def position_before(self, event: Event) -> PositionRow | None:
        """Return the position of a trader's first event of it, as it took it over at its start; None if it did not."""
        rows = self._taken_over_before(event).positions
        return next((row for row in rows if row.position_id == event.position_id), None)

    def _taken_over_before(self, event: Event) -> Snapshot:
        """Return the books with which the trader of an event began to hear, if its strategy claims others' orders.

        One of 2.x hears nothing of what it claims before it runs; one of 1.x hears all, which is before the books.
        """
        start = self.lineages.start_of(event)
        if start is None or not start.config.get("external_order_claims"):
            return Snapshot(who="trader")
        later = (each for each in self.history.of(Snapshot) if each.who == "trader" and each.seq > start.seq)
        first = next(later, None)
        return first if first is not None and first.seq < event.seq else Snapshot(who="trader")

    def said_of(self, order: str) -> Sequence[Mapping[str, Any]]:
        """Return all that the venue said of an order to anybody, as it said it, by client order id."""
        return self._said.get(order, [])

    @cached_property
    def _said(self) -> dict[str, list[Mapping[str, Any]]]:
        said: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for entry in self.history.of(Frame, Answer):
            told = entry.event if isinstance(entry, Frame) else None
            rows = [told.order or told.raw] if told is not None else []
            for row in rows_of(entry.body) if isinstance(entry, Answer) else rows:
                name = next((row[key] for key in _NAMES if isinstance(row.get(key), str)), None)
                if name:
                    said[own_id(name)].append(row)
        return said
