"""What a trader of either generation does with a command: native names, native calls."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from . import answers, books, readouts, relations
from .arguments import closing, to_client
from .blame import Misuse, Refusal, Unsupported, answered_natively
from .events import holds
from .handlers import HandlerFailed
from .installed import BINANCE, OrderSide, PositionId, PositionSide
from .orders import bracket, build, change, instrument_id, known, pair
from .settings import Settings

Reply = dict[str, Any]


class Commands(ABC):
    """The commands, each a method whose arguments are the protocol's. All on the node's own thread.

    Those that reach the strategy reply with `ns_called`, monotonic ns just before the native call, and where it makes
    orders of its own with their `client_order_ids`. Those that reach a client take the `client_id` of the one that they
    are for, as a strategy may name it; otherwise it is left to the trader to find it.
    """

    capabilities: frozenset[str]
    """What the installed version declares that it can be asked for."""
    after_reply: Callable[[], None] | None = None
    """What is to be done once the reply to the command has been sent."""
    command = 0
    """The number of the command that came last."""
    _closes_by_reducing = False
    """Whether the order of a close-position stop has to be reduce-only too; other versions forbid it."""
    _strategy: Any
    _cache: Any
    _settings: Settings | None

    @abstractmethod
    def _named(self, order: Any) -> Any:
        """Return what the strategy takes to change or cancel the order."""

    @abstractmethod
    def _listed(self, built: list[Any]) -> Any:
        """Return what the strategy takes to submit the orders together."""

    def submit(self, order: dict[str, Any], then: str | None = None, client_id: str | None = None) -> Reply:
        """Build one order and hand it to the strategy, with its params and for its position.

        `then` is a command by which the strategy ends it again at once, as in one handler, before anything else is
        done: `cancel`, `cancel_batch`, `cancel_all` or `market_exit`.
        """
        terms = dict(order)
        ending = None if then is None else self._ending(then, order["client_order_id"], order["symbol"])
        extra = self._params_of(terms) | to_client(client_id)
        if position_id := terms.pop("position_id", None):
            extra["position_id"] = PositionId(position_id)
        built = build(self._strategy.order_factory, terms)
        return _timed(lambda: (self._strategy.submit_order(built, **extra), ending and ending()))

    def submit_list(
        self, orders: list[dict[str, Any]], position_id: str | None = None, client_id: str | None = None
    ) -> Reply:
        """Build several orders of one symbol and hand them to the strategy with one command.

        What goes beside an order is beside a native list once, for all its orders: it has to be the same of each.
        """
        self._needs("order_lists")
        asked = [dict(terms) for terms in orders]
        beside = [self._params_of(terms) for terms in asked]
        if any(each != beside[0] for each in beside):
            raise Misuse(f"submit_list: a native list has its params once, for all its orders; given: {beside}")
        listed = self._listed([build(self._strategy.order_factory, terms) for terms in asked])
        extra: dict[str, Any] = {**(beside[0] if beside else {}), **to_client(client_id)}
        if position_id is not None:
            extra["position_id"] = PositionId(position_id)
        return _timed(lambda: self._strategy.submit_order_list(listed, **extra))

    def bracket(
        self,
        entry: dict[str, Any],
        take_profit: dict[str, Any],
        stop_loss: dict[str, Any],
        *,
        contingency: str = "OUO",
        emulation_trigger: str | None = None,
        hold_entry: bool = True,
        hold_take_profit: bool = True,
        apart: bool = False,
    ) -> Reply:
        """Build an entry with its take-profit and its stop-loss, and hand them to the strategy.

        With `emulation_trigger` they are held locally until it, and their contingency is the trader's own affair; a
        LIMIT entry that is not to be held goes to the venue at once, and its exits are held when it has filled; a
        LIMIT take-profit that is not to be held goes there too, and the stop-loss alone is held.
        `apart` submits each of them by itself, linked as they are, for an adapter that takes no linked lists.
        """
        self._needs("brackets")
        listed = bracket(
            self._strategy.order_factory,
            entry,
            take_profit,
            stop_loss,
            contingency=contingency,
            emulation_trigger=emulation_trigger,
            hold_entry=hold_entry,
            hold_take_profit=hold_take_profit,
        )
        if apart:
            return self._each(getattr(listed, "orders", listed))
        return _timed(lambda: self._strategy.submit_order_list(listed))

    def pair(self, order: dict[str, Any], other: dict[str, Any], contingency: str) -> Reply:
        """Build two linked LIMIT orders and submit each by itself.

        The second is for what the first fills (`contingency` OTO), or each for what is left of the other (OUO).
        """
        return self._each(pair(self._strategy.order_factory, order, other, contingency))

    def _each(self, orders: list[Any]) -> Reply:
        return _timed(lambda: [self._strategy.submit_order(each) for each in orders])

    def modify(
        self,
        client_order_id: str,
        quantity: str | None = None,
        price: str | None = None,
        trigger_price: str | None = None,
        client_id: str | None = None,
    ) -> Reply:
        """Ask for a new quantity, price or trigger price of an order, whoever submitted it."""
        order = self._named(self._known(client_order_id))
        wanted = change(quantity, price, trigger_price) | to_client(client_id)
        return _timed(lambda: self._strategy.modify_order(order, **wanted))

    def modify_batch(self, changes: list[dict[str, str]]) -> Reply:
        """Ask for a new quantity, price or trigger price of each of several orders, with one command."""
        self._needs("batch_amend")
        wanted = []
        for each in changes:
            order = self._named(self._known(each["client_order_id"]))
            to = change(each.get("quantity"), each.get("price"), each.get("trigger_price"))
            wanted.append((order, to["quantity"], to["price"], to["trigger_price"]))
        return _timed(lambda: self._strategy.modify_orders(wanted))

    def cancel(self, client_order_id: str, client_id: str | None = None) -> Reply:
        """Ask to cancel one order, whoever submitted it."""
        order = self._named(self._known(client_order_id))
        return _timed(lambda: self._strategy.cancel_order(order, **to_client(client_id)))

    def cancel_all(
        self,
        symbol: str,
        side: str | None = None,
        strategy_only: bool | None = None,
        client_id: str | None = None,
    ) -> Reply:
        """Ask to cancel all open orders of the symbol, or of one side of it.

        `strategy_only` says whether orders stay that the strategy did not submit, where a version has that option.
        """
        extra = to_client(client_id)
        if strategy_only is not None:
            self._needs("cancel_all_of_others")
            extra["strategy_only"] = strategy_only
        if side is not None:
            extra["order_side"] = getattr(OrderSide, side)
        of = instrument_id(symbol)
        return _timed(lambda: self._strategy.cancel_all_orders(of, **extra))

    def cancel_batch(self, client_order_ids: list[str], client_id: str | None = None) -> Reply:
        """Ask to cancel several orders with one command."""
        self._needs("batch_cancel")
        wanted = [self._named(self._known(each)) for each in client_order_ids]
        return _timed(lambda: self._strategy.cancel_orders(wanted, **to_client(client_id)))

    def close_position(
        self,
        position_id: str,
        reduce_only: bool | None = None,
        time_in_force: str | None = None,
        params: dict[str, Any] | None = None,
        client_id: str | None = None,
    ) -> Reply:
        """Close one open position with a market order; what is not given is as the version has it by default."""
        self._needs("close_position")
        position = self._cache.position(PositionId(position_id))
        if position is None:
            ids = ", ".join(sorted(str(each.id) for each in self._cache.positions_open())) or "none"
            raise Refusal(f"the trader knows no position {position_id!r}; open: {ids}")
        extra = closing(reduce_only, time_in_force, params) | to_client(client_id)
        return self._making_orders(lambda: self._strategy.close_position(position, **extra))

    def close_all_positions(
        self,
        symbol: str,
        side: str | None = None,
        *,
        reduce_only: bool | None = None,
        time_in_force: str | None = None,
        params: dict[str, Any] | None = None,
        client_id: str | None = None,
    ) -> Reply:
        """Close all open positions of the symbol, or of one side (`LONG`, `SHORT`) of it, with market orders."""
        self._needs("close_position")
        extra = closing(reduce_only, time_in_force, params) | to_client(client_id)
        if side is not None:
            extra["position_side"] = getattr(PositionSide, side)
        return self._making_orders(lambda: self._strategy.close_all_positions(instrument_id(symbol), **extra))

    def market_exit(self) -> Reply:
        """Cancel all orders of the strategy and close all its positions; the strategy does so over a while."""
        self._needs("market_exit")
        return _timed(self._strategy.market_exit)

    def query_order(self, client_order_id: str, client_id: str | None = None) -> Reply:
        """Ask the venue for the state of one order that the trader knows, whoever submitted it."""
        order = self._known(client_order_id)
        return _timed(lambda: self._strategy.query_order(order, **to_client(client_id)))

    def query_account(self, client_id: str | None = None) -> Reply:
        """Ask the venue for the state of the account."""
        self._needs("query_account")
        account_id = self._cache.account_id(BINANCE)
        if account_id is None:
            raise Refusal("query_account: the trader knows no account")
        return _timed(lambda: self._strategy.query_account(account_id, **to_client(client_id)))

    def purge(self, kinds: list[str], keep_s: int = 0) -> Reply:
        """Have the cache forget what is closed, kind by kind: `orders`, `positions`, and `account_events`.

        The calls are those of the engine's own purge timers, which are set in minutes; what closed within the last
        `keep_s` is kept.
        """
        purges = {
            "orders": self._cache.purge_closed_orders,
            "positions": self._cache.purge_closed_positions,
            "account_events": self._cache.purge_account_events,
        }
        if unknown := sorted(set(kinds) - set(purges)):
            raise Misuse(f"purge: unknown {', '.join(unknown)}; known: {', '.join(purges)}")
        ns_now = self._strategy.clock.timestamp_ns()
        return _timed(lambda: [purges[kind](ns_now, keep_s) for kind in kinds])

    def fail(self) -> Reply:
        """Raise an error out of the handler of the event that this is for, as a mistake in a strategy does."""
        raise HandlerFailed("an error in a strategy's handler, as the case asked for: trader.when(…).fails()")

    def set_trading_state(self, state: str) -> Reply:
        """Set what the risk engine lets pass: `ACTIVE`, `REDUCING` or `HALTED`."""
        del state
        self._needs("trading_state")
        raise NotImplementedError

    def pause(self) -> Reply:
        """Stop the strategy; the node, its client and the other strategies go on."""
        return _timed(self._strategy.stop)

    def resume(self) -> Reply:
        """Have the strategy that was paused go on, if it has stopped: the reply says whether (`resumed`)."""
        resumed = holds(self._strategy, "is_stopped")
        return {**_timed(self._strategy.resume if resumed else lambda: None), "resumed": resumed}

    def snapshot(self) -> Reply:
        """Return the trader's own books: orders, positions, account."""
        return books.snapshot(self._cache, self._strategy.portfolio)

    def own_book(self, symbol: str) -> Reply:
        """Return the orders in the trader's book of its own orders of the symbol.

        Raises `Misuse` where it keeps none (`manage_own_order_books`): an empty one would look the same.
        """
        assert self._settings is not None
        if not self._settings.exec_engine.get("manage_own_order_books"):
            raise Misuse("own_book: this trader keeps none: start it with exec_engine.manage_own_order_books = true")
        return {"orders": books.own_orders(self._cache.own_order_book(instrument_id(symbol)))}

    def names(self, count: int) -> Reply:
        """Return so many client order ids as the strategy's own order factory makes them for its next orders."""
        return {"names": [str(self._strategy.order_factory.generate_client_order_id()) for _ in range(count)]}

    def untrue_answers(self) -> Reply:
        """Return what the cache answers a strategy otherwise than its own orders and positions are, and of which."""
        return {"untrue": [list(each) for each in answers.untrue(self._cache)]}

    def untrue_relations(self) -> Reply:
        """Return what the cache answers of which orders made which positions, and of sides, otherwise than it is."""
        return {"untrue": [list(each) for each in relations.untrue(self._cache)]}

    def heard(self) -> Reply:
        """Return what the last strategy was told: of others' orders, or in its own handlers (`hears` at its start)."""
        raise Misuse("heard: no strategy of this trader notes what it hears: start it with hears")

    def configures(self, section: str, options: dict[str, Any], *, written: bool = False) -> Reply:
        """Return what the section's native config has of the options when it is made with them, as a script does.

        `kept` has those that it knows afterwards; `refused` is what it raised in place of being made. One that is
        `written` is read from the JSON of a file instead, and has in `values` what it would be written as again.
        """
        try:
            made = self._written(section, options) if written else self._configured(section, options)
        except (TypeError, ValueError, AttributeError) as error:
            return {"refused": f"{type(error).__name__}: {error}"}
        kept: Reply = {"kept": [name for name in options if hasattr(made, name)]}
        return {**kept, "values": made.json_primitives()} if written else kept

    @abstractmethod
    def _configured(self, section: str, options: dict[str, Any]) -> Any:
        """Return the section's native config, made with the options beside what it cannot be made without."""

    def _written(self, section: str, options: dict[str, Any]) -> Any:
        """Return the section's native config, read from what a file says: the options."""
        del options
        raise Unsupported(f"{section} in a file: no config of this version is read from one")

    def instruments(self, symbols: list[str] | None = None) -> Reply:
        """Return the instruments that the trader knows, or those of `symbols` among them."""
        return books.instruments(self._cache, symbols)

    def profits(self, symbol: str, price: str | None = None) -> Reply:
        """Return what a strategy's portfolio has of a symbol, valued at this price, or at the latest it knows."""
        return books.profits(self._cache, self._strategy.portfolio, symbol, price)

    def sums(self) -> Reply:
        """Return the profit of all symbols together, by currency: what is realised, and with what is not yet."""
        return books.sums(self._strategy.portfolio)

    def readouts(self) -> Reply:
        """Return what a strategy reads of its orders, of its positions, closed ones too, and of its portfolio."""
        return {
            "orders": readouts.orders(self._cache),
            "positions": readouts.positions(self._cache),
            "order_lists": readouts.order_lists(self._cache),
            "portfolio": readouts.portfolio(self._strategy.portfolio),
        }

    def shipped(self, symbol: str = "BTCUSDT", *, testnet: bool = False, streams: str | None = None) -> Reply:
        """Return what clients do that are configured for an environment and no more: see `v1.shipped`."""
        del symbol, testnet, streams
        self._needs("shipped_urls")
        raise NotImplementedError

    def busy(self, ms: int) -> Reply:
        """Keep the node's thread from everything else for `ms`, from just after this reply on.

        What the venue sends meanwhile is read at once afterwards, as by a trader whose strategy takes its time.
        """
        if not 0 < ms <= 10_000:
            raise Misuse(f"busy: {ms} ms; allowed are 1 to 10000")
        self.after_reply = lambda: time.sleep(ms / 1000)
        return {"ns_called": time.monotonic_ns()}

    def _needs(self, capability: str) -> None:
        """Raise `Unsupported` unless the version declares the capability."""
        if capability not in self.capabilities:
            raise Unsupported(capability)

    def _params_of(self, terms: dict[str, Any]) -> dict[str, Any]:
        """Take out of the terms what goes beside the order, in the native params of the Binance client."""
        params = dict(terms.pop("params", None) or {})
        if terms.pop("close_position", False):
            self._needs("close_position_stops")
            params["close_position"] = True
            terms["reduce_only"] = self._closes_by_reducing
        if "price_match" in terms:
            self._needs("price_match")
            params["price_match"] = terms.pop("price_match")
        return {"params": params} if params else {}

    def _ending(self, command: str, client_order_id: str, symbol: str) -> Callable[[], Reply]:
        commands: dict[str, Callable[[], Reply]] = {
            "cancel": lambda: self.cancel(client_order_id),
            "cancel_batch": lambda: self.cancel_batch([client_order_id]),
            "cancel_all": lambda: self.cancel_all(symbol),
            "market_exit": self.market_exit,
        }
        if command not in commands:
            raise Misuse(f"submit: then {command!r}; known: {', '.join(commands)}")
        return commands[command]

    def _making_orders(self, act: Callable[[], None]) -> Reply:
        before = {str(order.client_order_id) for order in self._cache.orders()}
        reply = _timed(act)
        made = [str(order.client_order_id) for order in self._cache.orders()]
        return {**reply, "client_order_ids": [each for each in made if each not in before]}

    def _known(self, client_order_id: str) -> Any:
        return known(self._cache, client_order_id)


def _timed(act: Callable[[], object]) -> Reply:
    ns_called = time.monotonic_ns()
    with answered_natively():
        act()
    return {"ns_called": ns_called}
