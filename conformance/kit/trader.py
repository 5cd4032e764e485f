"""The trader as a case holds it: commands to the node inside the subject, and verifiers of what it then does."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Protocol, TypeGuard

from msgspec.structs import replace

from conformance.binance.route import Routes, Where
from conformance.history.entries import Answer, Command, Declared, Entry, Event, Request, Snapshot
from conformance.history.history import DeadlineError, History
from conformance.history.order_states import IN_FLIGHT
from conformance.kit.failure import CheckError
from conformance.kit.order import Order
from conformance.kit.waiting import comes_true
from conformance.subject.orders import OrderRequest, Side

#: A request that is held back for longer than this is held back on purpose: no wait for it.
_ANSWERED_WITHIN_S = 0.5
#: How long a trader's own threads get to act on news, in times of its reply to a command.
_REPLIES_OF_PATIENCE = 8

#: A trader waits no longer than this between two attempts (`retry_delay_max_ms` of every profile), with a margin.
_LONGEST_PAUSE_S = 0.3


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
        *,
        since: int | None = None,
        barrier: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`since` is how many entries the history had when it was started, `barrier` what `settles` waits for."""
        self._link = link
        self._approve = approve
        self._history = history
        self._prefix = prefix
        self._mark = mark
        self._submitted = 0
        self._since = len(history) if since is None else since
        self._barrier = barrier

    async def submit(self, request: OrderRequest) -> Order:
        """Submit an order; without an explicit client order id it is `<case id>-<n>`. The world's mark follows."""
        order = self._asked(request)
        await self.command("submit", order=_terms(order))
        return order

    async def submit_list(self, requests: Sequence[OrderRequest]) -> list[Order]:
        """Submit several orders of one symbol with one command (needs `order_lists`)."""
        orders = [self._asked(request) for request in requests]
        await self.command("submit_list", orders=[_terms(order) for order in orders])
        return orders

    async def bracket(
        self, entry: OrderRequest, take_profit: OrderRequest, stop_loss: OrderRequest, **how: Any
    ) -> tuple[Order, Order, Order]:
        """Submit an entry with its take-profit and its stop-loss with one command (needs `brackets`).

        `how` is the command's own: `contingency` (`OUO`, `OCO`), `emulation_trigger`.
        """
        first, second, third = (self._asked(request) for request in (entry, take_profit, stop_loss))
        terms: dict[str, Any] = {"entry": _terms(first), "take_profit": _terms(second), "stop_loss": _terms(third)}
        await self.command("bracket", **{**terms, **how})
        return first, second, third

    def order(self, name: str) -> Order:
        """Return an order that this trader did not submit, by the client order id that the case gave it.

        Of another client, of an earlier session, or made by the trader itself; its events count from the trader's
        start.
        """
        return Order(self, name if name.endswith(self._mark) else f"{name}{self._mark}", None, since=self._since)

    def approve(self, request: OrderRequest) -> None:
        """Raise what the world raises for an order that must not be sent in it."""
        if self._approve is not None:
            self._approve(request)

    async def cancel_all(
        self, symbol: str = "BTCUSDT", *, side: Side | None = None, strategy_only: bool | None = None
    ) -> None:
        """Cancel every open order of the symbol, or of one side of it, with the trader's own command for it.

        `strategy_only` says whether orders stay that the strategy did not submit (needs `cancel_all_of_others`).
        """
        await self.command("cancel_all", symbol=symbol, **_given(side=side, strategy_only=strategy_only))

    async def modify_batch(self, changes: Mapping[Order, Mapping[str, str]]) -> None:
        """Amend several of its orders with one command (needs `batch_amend`): of each a new `quantity` or `price`."""
        for order, to in changes.items():
            self.approve(order.asked.but(**to))
        await self.command("modify_batch", changes=[{"client_order_id": each.id, **to} for each, to in changes.items()])

    async def cancel_batch(self, orders: Sequence[Order]) -> None:
        """Cancel several orders with one command."""
        await self.command("cancel_batch", client_order_ids=[order.id for order in orders])

    async def close_position(self, position_id: str, **how: Any) -> list[Order]:
        """Close one open position with a market order (needs `close_position`); return the orders that this made.

        `how` is the command's own: `reduce_only`, `time_in_force`, `params`.
        """
        reply = await self.command("close_position", position_id=position_id, **how)
        return [self.order(name) for name in reply["client_order_ids"]]

    async def close_all_positions(self, symbol: str = "BTCUSDT", **how: Any) -> list[Order]:
        """Close all positions of the symbol, or of one `side` (`LONG`, `SHORT`), as `close_position` does."""
        reply = await self.command("close_all_positions", symbol=symbol, **how)
        return [self.order(name) for name in reply["client_order_ids"]]

    async def market_exit(self) -> None:
        """Have the strategy cancel all its orders and close all its positions (needs `market_exit`)."""
        await self.command("market_exit")

    async def is_busy(self, for_ms: int) -> None:
        """Keep the trader's own thread from everything else for a while, beginning now: events pile up meanwhile."""
        await self.command("busy", ms=for_ms)

    async def query_account(self) -> None:
        """Ask the trader to query its account at the venue."""
        await self.command("query_account")

    async def instruments(self, *symbols: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the instruments that the trader knows, or those of `symbols`, by the venue's symbol."""
        rows = (await self.command("instruments", symbols=list(symbols) or None))["instruments"]
        return {row["symbol"]: row for row in rows}

    async def books(self) -> Mapping[str, Any]:
        """Return the trader's own view, numbers as strings.

        `orders`, `positions` and `balances`; `margins` of the account and of its symbols; `leverages` by symbol.
        """
        reply = await self.command("snapshot")
        books = {key: reply[key] for key in ("orders", "positions", "balances")}
        books |= {"margins": reply.get("margins", []), "leverages": reply.get("leverages", {})}
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
        began = self.moment

        async def matches() -> bool:
            nonlocal held
            positions = (await self.books())["positions"]
            held = sum((Decimal(row["signed_qty"]) for row in positions if row["symbol"] == symbol), Decimal(0))
            return held == wanted

        if not await comes_true(self._history, matches, within_s=within_s):
            raise CheckError(
                f"the trader's position in {symbol}",
                required=f"{wanted} within {within_s:g} s",
                seen=str(held),
                since=began,
                signature=f"position {'flat' if held == 0 else 'wrong'}, required {'flat' if wanted == 0 else 'open'}",
            )

    async def has_open(self, *client_order_ids: str, within_s: float = 5.0) -> None:
        """Wait until exactly these orders, as the case calls them, are open in the trader."""
        found: list[str] = []
        began = self.moment
        wanted = sorted(name if name.endswith(self._mark) else f"{name}{self._mark}" for name in client_order_ids)

        async def matches() -> bool:
            found[:] = sorted(row["client_order_id"] for row in (await self.books())["orders"] if row["open"])
            return found == wanted

        if not await comes_true(self._history, matches, within_s=within_s):
            raise CheckError(
                "orders open in the trader",
                required=_named(wanted),
                seen=_named(found),
                since=began,
                signature=f"{len(found)} orders open, required {len(client_order_ids)}",
            )

    async def has_booked(self, client_order_id: str, trades: Collection[str], *, within_s: float = 5.0) -> None:
        """Wait until the trader's order of this name, as the case calls it, has filled by exactly these trade ids."""
        name = f"{client_order_id}{self._mark}"
        found: list[str] = []
        began = self.moment

        async def matches() -> bool:
            rows = (await self.books())["orders"]
            found[:] = next((row.get("trade_ids", []) for row in rows if row["client_order_id"] == name), [])
            return sorted(found) == sorted(trades)

        if not await comes_true(self._history, matches, within_s=within_s):
            others = len(set(found) - set(trades))
            raise CheckError(
                f"trades of order {name} in the trader's books",
                required=_named(sorted(trades)),
                seen=_named(found),
                since=began,
                signature=f"{len(set(found) & set(trades))} of {len(trades)} trades booked under the venue's trade id"
                + (f", {others} under others" if others else ""),
            )

    @property
    def moment(self) -> int:
        """Where the history is now: what `stays_quiet` and `wire.frame` take as `since`."""
        return len(self._history)

    async def settles(self, *, within_s: float = 5.0) -> None:
        """Return once the trader has dealt with all that was said so far, and has nothing to say to it any more.

        Something that is said to the trader after everything else has to reach it; then it is asked twice for its
        books; and if it has told or asked for anything meanwhile, all that happens again. What a timer makes it do
        later is not waited for: on a slow machine the questions of its checks may leave no pause between them, so that
        a trader that only asks has come to rest in the end.
        """
        deadline = self._history.now_s() + within_s
        began = self.moment
        while True:
            since = len(self._history)
            await self.is_told()
            await self.answers_twice()
            if not any(_is_of_the_trader(entry) for entry in self._history.entries[since:]) and not self._is_asking():
                return
            if self._history.now_s() > deadline:
                if not any(_is_more_than_a_question(entry) for entry in self._history.entries[since:]):
                    return
                raise CheckError(
                    "the trader",
                    required=f"to come to rest within {within_s:g} s",
                    seen="new events or requests to the end",
                    since=began,
                    signature="the trader does not come to rest",
                )

    async def is_told(self) -> None:
        """Wait until an event that the venue sends last (the barrier) has been delivered, if there is a user stream."""
        if self._barrier is not None:
            await self._barrier()

    async def has_its_answers(self) -> None:
        """Wait until every request of the trader has its answer (a dropped connection is one), and it has read them.

        One that is held back, or hangs, is not waited for. Frames may be held back meanwhile, unlike in `settles`.
        """
        while True:
            while self._is_asking():
                with suppress(DeadlineError):
                    await self._history.wait(
                        lambda entry: isinstance(entry, Answer), what="an answer", within_s=0.1, since=self.moment
                    )
            since = self.moment
            await self.books()
            await self.answers_twice()
            if not any(_is_of_the_trader(entry) for entry in self._history.entries[since:]):
                return

    async def answers_twice(self) -> None:
        """Ask twice for its books, and give it the time of several such replies since it was last told something.

        Its requests leave from threads of their own, the next one behind the answer to the last: on a busy machine a
        reply overtakes them.
        """
        began_s = self._history.now_s()
        await self.books()
        await self.books()
        now_s = self._history.now_s()
        told = next(filter(_tells_the_trader, reversed(self._history.entries)), None)
        left_s = 0.0 if told is None else told.ns / 1e9 + _REPLIES_OF_PATIENCE * (now_s - began_s) / 2 - now_s
        if left_s > 0:
            with suppress(DeadlineError):
                await self._history.wait(_is_of_the_trader, what="news", within_s=left_s, since=self.moment)

    async def repeats_nothing(self) -> None:
        """Wait until the trader has its answers and makes no request again: none left for longer than it ever pauses.

        As `has_its_answers` where a version may repeat a request that was refused for good.
        """
        while True:
            await self.has_its_answers()
            with suppress(DeadlineError):
                await self._history.wait(
                    _is_of_the_trader, what="a further attempt", within_s=_LONGEST_PAUSE_S, since=self.moment
                )
                continue
            return

    async def gives_up(self, orders: Sequence[Order], questions: Where, *, within_s: float = 6.0) -> None:
        """Wait until the trader has none of the orders in flight any more, or asks these questions no more.

        For a trader that asks on a timer what it does not know, and is given no answer. Until its first question it
        may take half of `within_s`, between two of them half a second.
        """
        routes = Routes.parse(questions)
        deadline = self._history.now_s() + within_s
        since, silence_s = self.moment, within_s / 2

        def asks_or_concludes(entry: Entry) -> bool:
            if isinstance(entry, Event):
                return not any(order.state in IN_FLIGHT for order in orders)
            return isinstance(entry, Request) and (entry.method, entry.path) in routes and entry.by == "trader"

        with suppress(DeadlineError):
            while any(order.state in IN_FLIGHT for order in orders) and self._history.now_s() < deadline:
                entry = await self._history.wait(asks_or_concludes, what="a question", within_s=silence_s, since=since)
                since, silence_s = entry.seq + 1, 0.5

    async def stays_quiet(self, *, since: int | None = None) -> None:
        """Fail if the trader fills an order or changes a position before all that was said has reached it.

        Counted is from now on, or from an earlier `moment`.
        """
        since = self.moment if since is None else since
        await self.settles()
        events = self._history.of(Event, since=since)
        if (event := next(filter(_changes_a_position, events), None)) is not None:
            raise CheckError(
                "fills and changes of position, with nothing changed at the venue",
                required="none",
                seen=_said(event),
                since=event.seq,
                signature=f"{event.name} though nothing had changed",
            )

    def may_differ(self, difference: str, *, about: str = "", why: str) -> None:
        """Declare a difference between the trader's books and the venue's that the case intends.

        `difference` is what invariant 8 would say, `the trader's position is not the venue's`; `about` names the one
        order, symbol or currency that it is about.
        """
        self._history.append(Declared(difference=difference, about=about, why=why))

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Send one command of the subject protocol and return its reply; the history has both."""
        return await self._link.command(op, within_s=within_s, **arguments)

    @property
    def history(self) -> History:
        """The history that this trader's commands and events are written to."""
        return self._history

    def _asked(self, request: OrderRequest) -> Order:
        name = request.client_order_id
        if not name:
            self._submitted += 1
            name = f"{self._prefix}-{self._submitted}"
        request = request.named(f"{name}{self._mark}")
        self.approve(request)
        return Order(self, request.client_order_id, request, since=len(self._history))

    def _is_asking(self) -> bool:
        """Whether a request of the trader waits for its answer, and has not done so for long."""
        answered = {answer.to for answer in self._history.of(Answer)}
        oldest_ns = (self._history.now_s() - _ANSWERED_WITHIN_S) * 1e9
        return any(
            request.by == "trader" and request.id not in answered and request.ns > oldest_ns
            for request in self._history.of(Request)
        )


def _named(names: Collection[str]) -> str:
    return ", ".join(names) or "none"


def _said(event: Event) -> str:
    said = event.fields()
    shown = ("client_order_id", "symbol", "side", "last_qty", "last_px", "signed_qty", "trade_id", "reason")
    return " ".join([event.name, *(f"{name}={said[name]}" for name in shown if name in said)])


def _terms(order: Order) -> dict[str, Any]:
    return order.asked.to_command()


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _shows_the_trader(entry: Entry) -> TypeGuard[Snapshot]:
    return isinstance(entry, Snapshot) and entry.who == "trader"


def _changes_a_position(event: Event) -> bool:
    return event.name == "OrderFilled" or event.name.startswith("Position")


def _is_of_the_trader(entry: Entry) -> bool:
    return isinstance(entry, Event) or (isinstance(entry, Request) and entry.by == "trader")


def _is_more_than_a_question(entry: Entry) -> bool:
    if isinstance(entry, Request):
        return entry.by == "trader" and (entry.endpoint is None or entry.endpoint.writes)
    return isinstance(entry, Event)


def _tells_the_trader(entry: Entry) -> bool:
    return isinstance(entry, Command) or (isinstance(entry, Answer) and entry.by == "trader")
