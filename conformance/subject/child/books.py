"""The trader's own books in the protocol's words: its orders, each of its positions, its account, its instruments."""

from collections.abc import Iterable
from typing import Any

from .blame import Refusal
from .events import Line, balance_terms, holds, order_terms, text, venue_symbol, without_nothing
from .indexes import at_odds
from .installed import BINANCE, ContingencyType, PositionSide, TrailingOffsetType, TriggerType, name_of

_LIMITS = ("min_quantity", "max_quantity", "min_price", "max_price")
_SIZES = ("price_precision", "size_precision", "multiplier", "lot_size")
_CURRENCIES = ("base", "quote", "settlement")
_RATES = ("maker_fee", "taker_fee", "margin_init", "margin_maint")


def snapshot(cache: Any, portfolio: Any) -> Line:
    """Return the trader's own books: every order that it knows, its open positions, its account, its portfolio."""
    account = cache.account_for_venue(BINANCE)
    traded = {each.instrument_id for each in (*cache.orders(), *cache.positions())}
    return {
        "orders": [_order(order) for order in cache.orders()],
        "positions": [_position(position) for position in cache.positions_open()],
        "balances": [balance_terms(balance) for balance in account.balances().values()] if account else [],
        "margins": list(_margins(account)) if account else [],
        "leverages": _leverages(account) if account else {},
        "net_positions": {venue_symbol(each): str(portfolio.net_position(each)) for each in sorted(traded)},
        **_if_any("at_odds", at_odds(cache, portfolio)),
    }


def _if_any(name: str, rows: list[Line]) -> Line:
    return {name: rows} if rows else {}


def instruments(cache: Any, symbols: list[str] | None = None) -> Line:
    """Return the instruments that the trader knows, or those of `symbols` among them."""
    known = sorted((venue_symbol(each.id), each) for each in cache.instruments())
    return {
        "instruments": [_instrument(symbol, each) for symbol, each in known if symbols is None or symbol in symbols]
    }


def profits(cache: Any, portfolio: Any, symbol: str, price: str | None = None) -> Line:
    """Return the realised and unrealised profit and the total of both, and the net position, as a strategy asks them.

    Without a price the portfolio takes the latest that it knows. What it cannot tell is null. Raises `Refusal` for a
    symbol that the trader does not know.
    """
    known = {venue_symbol(each.id): each for each in cache.instruments()}
    if symbol not in known:
        raise Refusal(f"the trader knows no instrument {symbol!r}; known: {', '.join(sorted(known)) or 'none'}")
    instrument = known[symbol]
    valued_at = None if price is None else instrument.make_price(float(price))
    return {
        "realized": _amount(portfolio.realized_pnl(instrument.id)),
        "unrealized": _amount(portfolio.unrealized_pnl(instrument.id, valued_at)),
        "total": _amount(portfolio.total_pnl(instrument.id, valued_at)),
        "net_position": str(portfolio.net_position(instrument.id)),
    }


def sums(portfolio: Any) -> Line:
    """Return the realised profit and the total of all symbols together, by currency, as a strategy asks them."""
    told = {"realized": portfolio.realized_pnls(BINANCE), "total": portfolio.total_pnls(BINANCE)}
    return {
        name: {str(currency): _amount(amount) for currency, amount in (amounts or {}).items()}
        for name, amounts in told.items()
    }


def own_orders(book: Any) -> list[Line]:
    """Return the orders in a book of the trader's own, of which there is none before its first order."""
    return [] if book is None else [_own(order) for order in book.orders_to_list()]


def _own(order: Any) -> Line:
    # The sides and states of these books are the Rust ones in either generation.
    return {
        "client_order_id": str(order.client_order_id),
        "side": _word(order.side),
        "price": str(order.price),
        "size": str(order.size),
        "status": _word(order.status),
    }


def _word(member: Any) -> str:
    return str(member).rpartition(".")[2]


def _order(order: Any) -> Line:
    # 2.x has the date of a stop under the second name alone, which in 1.x is a datetime beside the first.
    expires_ns = getattr(order, "expire_time_ns", None) or getattr(order, "expire_time", None) or 0
    return without_nothing(
        {
            **order_terms(order),
            "strategy": str(order.strategy_id),
            "open": holds(order, "is_open"),
            "inflight": holds(order, "is_inflight"),
            "emulated": holds(order, "is_emulated"),
            "post_only": holds(order, "is_post_only"),
            "trigger_type": _enum(TriggerType, getattr(order, "trigger_type", None)),
            "activation_price": text(getattr(order, "activation_price", None)),
            "trailing_offset": text(getattr(order, "trailing_offset", None)),
            "trailing_offset_type": _enum(TrailingOffsetType, getattr(order, "trailing_offset_type", None)),
            "display_qty": text(getattr(order, "display_qty", None)),
            "expire_time_ms": expires_ns // 1_000_000 or None,
            "avg_px": _price(getattr(order, "avg_px", None)),
            "position_id": text(getattr(order, "position_id", None)),
            "order_list_id": text(getattr(order, "order_list_id", None)),
            "parent_order_id": text(getattr(order, "parent_order_id", None)),
            "linked_order_ids": [str(each) for each in getattr(order, "linked_order_ids", None) or ()] or None,
            "contingency_type": _enum(ContingencyType, getattr(order, "contingency_type", None)),
            "exec_algorithm_id": text(getattr(order, "exec_algorithm_id", None)),
            "exec_algorithm_params": dict(getattr(order, "exec_algorithm_params", None) or {}) or None,
            "tags": list(getattr(order, "tags", None) or ()) or None,
            "trade_ids": _ids(order.trade_ids),
        }
    )


def _enum(enumeration: Any, value: Any) -> str | None:
    """Return the member's name; 1.x has a member for "none", 2.x leaves it out."""
    name = name_of(enumeration, value)
    return None if name in {"NO_TRIGGER", "NO_TRAILING_OFFSET", "NO_CONTINGENCY"} else name


def _price(value: Any) -> str | None:
    """Return an average price, which both generations keep as a float; 0 means no price."""
    return None if not value else str(value)


def _position(position: Any) -> Line:
    """Return an open position, its quantity signed: short is negative."""
    side = name_of(PositionSide, position.side)
    return without_nothing(
        {
            "symbol": venue_symbol(position.instrument_id),
            "position_id": str(position.id),
            "strategy": str(position.strategy_id),
            "side": side,
            "signed_qty": f"{'-' if side == 'SHORT' else ''}{position.quantity}",
            "avg_px_open": str(position.avg_px_open),
            "realized_pnl": _amount(position.realized_pnl),
            "client_order_ids": _ids(position.client_order_ids),
        }
    )


def _ids(ids: Any) -> list[str]:
    """Return ids as text; they are a property in one generation and may be a method in the other."""
    return [str(each) for each in (ids() if callable(ids) else ids)]


def _margins(account: Any) -> Iterable[Line]:
    """Return the account's margins, of the whole account or of one symbol."""
    margins = account.margins() if hasattr(account, "margins") else {}
    for margin in [*margins.values(), *_of_the_whole_account(account)]:
        yield without_nothing(
            {
                "symbol": None if margin.instrument_id is None else venue_symbol(margin.instrument_id),
                "currency": str(margin.currency),
                "initial": _amount(margin.initial),
                "maintenance": _amount(margin.maintenance),
            }
        )


def _of_the_whole_account(account: Any) -> Iterable[Any]:
    """Newer versions keep the margins of the whole account apart from those of its symbols."""
    margins = getattr(account, "account_margins", None)
    return margins().values() if margins is not None else ()


def _leverages(account: Any) -> dict[str, str]:
    leverages = account.leverages() if hasattr(account, "leverages") else {}
    return {venue_symbol(instrument_id): str(leverage) for instrument_id, leverage in leverages.items()}


def _instrument(symbol: str, instrument: Any) -> Line:
    return without_nothing(
        {
            "symbol": symbol,
            "instrument_id": str(instrument.id),
            "type": type(instrument).__name__,
            "base": text(getattr(instrument, "underlying", None)),  # What a delivery contract calls it.
            **_currencies(instrument),
            "tick": str(instrument.price_increment),
            "step": str(instrument.size_increment),
            "min_notional": _amount(instrument.min_notional),
            "max_notional": _amount(getattr(instrument, "max_notional", None)),
            **{name: text(getattr(instrument, name, None)) for name in (*_LIMITS, *_SIZES, *_RATES)},
            "inverse": holds(instrument, "is_inverse"),
            "listed_ms": _milliseconds(getattr(instrument, "activation_ns", None)),
            "delivered_ms": _milliseconds(getattr(instrument, "expiration_ns", None)),
        }
    )


def _currencies(instrument: Any) -> Line:
    """Return the currencies that an instrument names."""
    return without_nothing({name: text(getattr(instrument, f"{name}_currency", None)) for name in _CURRENCIES})


def _milliseconds(moment_ns: int | None) -> str | None:
    """Return a moment in the venue's milliseconds; a perpetual has none."""
    return None if not moment_ns else str(moment_ns // 1_000_000)


def _amount(money: Any) -> str | None:
    """Return an amount of money without its currency."""
    return None if money is None else f"{money.as_decimal():f}"
