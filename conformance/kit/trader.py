"""The trader as a case holds it: commands to the node inside the subject, and verifiers of what it then does."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeGuard

from msgspec.structs import replace

from conformance.history.entries import Declared, Entry, Snapshot
from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.link import Addressed, Link, OfStrategy, Told
from conformance.kit.order import Order
from conformance.kit.readable import Readable
from conformance.kit.waiting import comes_true
from conformance.subject.errors import CommandRefused
from conformance.subject.orders import OrderRequest, Side

type Read = tuple[list[str], list[str]]
"""What there is, and what there is to be."""
type Ending = Literal["cancel", "cancel_batch", "cancel_all", "market_exit"]


class Trader(Readable):
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
        super().__init__(history, barrier)
        self._link = link
        self._approve = approve
        self._prefix = prefix
        self._mark = mark
        self._submitted = 0
        self._handlers = 0
        self._since = len(history) if since is None else since
        self._strategies: dict[int, Trader] = {}

    async def submit(self, request: OrderRequest, *, then: Ending | None = None) -> Order:
        """Submit an order; without an explicit client order id it is `<case id>-<n>`. The world's mark follows.

        `then` is the command by which the strategy ends it again in the same handler.
        """
        order = self._asked(request)
        await self.command("submit", order=_terms(order), **_given(then=then))
        return order

    async def try_to_submit(self, request: OrderRequest) -> bool:
        """Submit as `submit` does, where the version may rightly refuse to: return whether it did not, and said so."""
        try:
            await self.submit(request)
        except CommandRefused:
            return False
        return True

    async def submit_list(self, requests: Sequence[OrderRequest]) -> list[Order]:
        """Submit several orders of one symbol with one command (needs `order_lists`).

        A native list has at most one position: it is told where all orders are for the same one. Where they are for
        several, the version has to know each order's from its side and its reduce-only flag (needs `batch_lists`).
        What goes beside the orders (`price_match`, `close_position`, `params`) has to be the same of each of them.
        """
        orders = [self._asked(request) for request in requests]
        positions = {order.asked.position_id for order in orders}
        of = _given(position_id=positions.pop() if len(positions) == 1 else None)
        await self.command("submit_list", orders=[_terms(order) for order in orders], **of)
        return orders

    async def bracket(
        self, entry: OrderRequest, take_profit: OrderRequest, stop_loss: OrderRequest, **how: Any
    ) -> tuple[Order, Order, Order]:
        """Submit an entry with its take-profit and its stop-loss with one command (needs `brackets`).

        `how` is the command's own: `contingency` (`OUO`, `OCO`), `emulation_trigger`, for a LIMIT entry or a LIMIT
        take-profit that rests at the venue while what is left is held `hold_entry=False` and `hold_take_profit=False`,
        and `apart=True` for three submissions in place of one.
        """
        first, second, third = (self._asked(request) for request in (entry, take_profit, stop_loss))
        terms: dict[str, Any] = {"entry": _terms(first), "take_profit": _terms(second), "stop_loss": _terms(third)}
        await self.command("bracket", **{**terms, **how})
        return first, second, third

    async def pair(
        self, request: OrderRequest, other: OrderRequest, contingency: Literal["OTO", "OUO"]
    ) -> tuple[Order, Order]:
        """Submit two linked LIMIT orders, each by itself.

        The second is for what the first fills (OTO), or each for what is left of the other (OUO).
        """
        first, second = self._asked(request), self._asked(other)
        await self.command("pair", order=_terms(first), other=_terms(second), contingency=contingency)
        return first, second

    def strategy(self, number: int) -> "Trader":
        """Return the same trader by one of its strategies (started with `strategies=2`): its commands are this one's.

        What holds of the whole node, such as its books and its orders, is the same whichever is asked. Orders that are
        given no name are called `<case id>-<strategy>-<n>`.
        """
        if number not in self._strategies:
            self._strategies[number] = self._by(OfStrategy(self._link, number), f"{number}")
        return self._strategies[number]

    def addressed(self, client_id: str) -> "Trader":
        """Return the same trader whose commands name the client that they are for, as a strategy may: `BINANCE`.

        Orders that are given no name are called `<case id>-C-<n>`.
        """
        return self._by(Addressed(self._link, client_id), "C")

    def when(self, event: str, order: Order | None = None) -> "Trader":
        """Return the same trader whose commands are carried out in the strategy's handler of the next such event.

        `event` is the trader's name of it, such as `OrderFilled` or `PositionOpened`; of an `order` alone, where one is
        given. Each command is carried out once, and its reply comes as soon as the handler has it, not when it acts.
        What is no command of a strategy's, such as to look at the books, is refused.
        Orders that are given no name are called `<case id>-H<handler>-<n>`.
        """
        self._handlers += 1
        return self._by(Told(self._link, event, None if order is None else order.id), f"H{self._handlers}")

    def rings(self, timer: str) -> "Trader":
        """Return the same trader whose commands are carried out when the strategy's timer of that name next rings."""
        self._handlers += 1
        return self._by(Told(self._link, "TimeEvent", timer), f"H{self._handlers}")

    def order(self, name: str) -> Order:
        """Return an order that this trader did not submit, by the client order id that the case gave it.

        Of another client, of an earlier session, or made by the trader itself; its events count from the trader's
        start.
        """
        return Order(self, self._whole(name), None, since=self._since)

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

        Of what is done in a handler later, none are known yet.

        `how` is the command's own: `reduce_only`, `time_in_force`, `params`.
        """
        reply = await self.command("close_position", position_id=position_id, **how)
        return [self.order(name) for name in reply.get("client_order_ids", ())]

    async def close_all_positions(self, symbol: str = "BTCUSDT", **how: Any) -> list[Order]:
        """Close all positions of the symbol, or of one `side` (`LONG`, `SHORT`), as `close_position` does."""
        reply = await self.command("close_all_positions", symbol=symbol, **how)
        return [self.order(name) for name in reply.get("client_order_ids", ())]

    async def market_exit(self) -> None:
        """Have the strategy cancel all its orders and close all its positions (needs `market_exit`)."""
        await self.command("market_exit")

    async def fails(self) -> None:
        """Have the handler that this is for raise an error: only of a trader that `when` returned."""
        await self.command("fail")

    async def query_account(self) -> None:
        """Ask the trader to query its account at the venue."""
        await self.command("query_account")

    async def shipped(self, *, testnet: bool = False, streams: str | None = None) -> Mapping[str, Any]:
        """Return what clients of the version do that no URL is configured for (needs `shipped_urls`); none connects.

        With `streams` the user stream has been given a URL, and that one alone.

        The URLs of `rest` and `ws_api` (None where a version does not log on there), those of `user_stream`, `quotes`,
        `trades` and `mark_prices` as they would be opened, and `keep_alive_s` of the listen key.
        """
        return await self.command("shipped", testnet=testnet, **_given(streams=streams))

    async def books(self) -> Mapping[str, Any]:
        """Return the trader's own view, numbers as strings.

        `orders`, `positions` and `balances`; `margins` of the account and of its symbols; `leverages` and, as the
        portfolio has them, `net_positions` by symbol.
        """
        reply = await self.command("snapshot")
        books = {key: reply[key] for key in ("orders", "positions", "balances")}
        books |= {"margins": reply.get("margins", []), "leverages": reply.get("leverages", {})}
        books["net_positions"] = reply.get("net_positions", {})
        # Where they are at odds with themselves, invariant 16 says so.
        if "at_odds" in reply:
            books["at_odds"] = reply["at_odds"]
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
        wanted = [self._whole(name) for name in client_order_ids]

        async def read() -> Read:
            return [row["client_order_id"] for row in (await self.books())["orders"] if row["open"]], wanted

        await self._comes_to("orders open in the trader", read, "orders open", within_s)

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

    async def has_in_own_book(
        self, *wanted: tuple[str, Side, str], symbol: str = "BTCUSDT", within_s: float = 5.0
    ) -> None:
        """Wait until its book of its own orders holds exactly these (needs `own_order_books`): id, side, and size left.

        Ids are as the case calls the orders, and each order stands at the price that the trader's books have.
        """
        asked = [(self._whole(name), side, size) for name, side, size in wanted]

        async def read() -> Read:
            prices = {row["client_order_id"]: row.get("price") for row in (await self.books())["orders"]}
            rows = (await self.command("own_book", symbol=symbol))["orders"]
            held = [_quote(row["client_order_id"], row["side"], row["size"], row["price"]) for row in rows]
            return held, [_quote(name, side, size, prices.get(name)) for name, side, size in asked]

        about = f"the trader's book of its own orders in {symbol}"
        await self._comes_to(about, read, "orders in the own book", within_s)

    async def has_heard(self, *told: tuple[str, str, str | None], within_s: float = 5.0) -> None:
        """Wait until it was told exactly this, in any order.

        What this strategy heard on topics that it subscribed to (`hears`), or else what the last one was told (of a
        trader started with `hears` or `state`).

        Of each event of others its name, the order's whole client order id and, of a fill, its trade id; with
        `handlers` the handler that is called, the event, and the id of the order or the position. Of what strategies
        are given back (`state`), `on_load`, `state` and the strategy's number with what it kept.
        """
        wanted = [" ".join(filter(None, each)) for each in told]

        async def read() -> Read:
            return [" ".join(event.values()) for event in (await self.command("heard"))["heard"]], wanted

        await self._comes_to("what a strategy was told", read, "events told to a strategy", within_s)

    async def _comes_to(self, about: str, read: Callable[[], Awaitable[Read]], what: str, within_s: float) -> None:
        """Wait until what there is, in any order, is what there is to be; raises `CheckError` with both of the last."""
        found: list[str] = []
        wanted: list[str] = []
        began = self.moment

        async def matches() -> bool:
            found[:], wanted[:] = map(sorted, await read())
            return found == wanted

        if not await comes_true(self._history, matches, within_s=within_s):
            raise CheckError(
                about,
                required=_named(wanted),
                seen=_named(found),
                since=began,
                signature=f"{len(found)} {what}, required {len(wanted)}",
            )

    def _whole(self, name: str) -> str:
        """Return an order's client order id, given what the case calls it: the world's mark follows."""
        return name if name.endswith(self._mark) else f"{name}{self._mark}"

    def may_differ(self, difference: str, *, about: str = "", why: str) -> None:
        """Declare a difference between the trader's books and the venue's that the case intends.

        `difference` is what invariant 8 would say, `the trader's position is not the venue's`; `about` names the one
        order, symbol or currency that it is about.
        """
        self._history.append(Declared(difference=difference, about=about, why=why))

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Send one command of the subject protocol and return its reply; the history has both."""
        return await self._link.command(op, within_s=within_s, **arguments)

    def _by(self, link: Link, name: str) -> "Trader":
        return Trader(
            link,
            self._history,
            f"{self._prefix}-{name}",
            self._approve,
            self._mark,
            since=self._since,
            barrier=self._barrier,
        )

    def _asked(self, request: OrderRequest) -> Order:
        name = request.client_order_id
        if not name:
            self._submitted += 1
            name = f"{self._prefix}-{self._submitted}"
        request = request.named(f"{name}{self._mark}")
        self.approve(request)
        return Order(self, request.client_order_id, request, since=len(self._history))


def _named(names: Collection[str]) -> str:
    return ", ".join(names) or "none"


def _quote(name: str, side: str, size: str, price: str | None) -> str:
    return f"{name} {side} {Decimal(size).normalize():f} at {price and f'{Decimal(price).normalize():f}'}"


def _terms(order: Order) -> dict[str, Any]:
    return order.asked.to_command()


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _shows_the_trader(entry: Entry) -> TypeGuard[Snapshot]:
    return isinstance(entry, Snapshot) and entry.who == "trader"
