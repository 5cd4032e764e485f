"""Rows of the venue's answers, read into types: orders, algo orders, trades, positions (binance-usdm, section 6).

A row that is neither is None. The WS API has the same rows under `result` as the HTTP answers have for a body.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.binance.client_order_id import own_id
from conformance.binance.events import TradeTerms
from conformance.binance.fields import figure, id_text, word


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of the order endpoints. Its id counts for its `symbol`."""

    client_order_id: str
    order_id: str
    status: str
    filled: Decimal | None
    average: Decimal | None = None
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class AlgoRow:
    """An order of the Algo service. `child_id` is the orderId of what its trigger placed, or ""."""

    client_algo_id: str
    algo_id: str
    child_id: str
    status: str
    filled: Decimal | None
    average: Decimal | None = None
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A trade of the account's list; it has no client order id. Its id counts for its `symbol`."""

    order_id: str
    trade: TradeTerms
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position that was asked for: `amount` is negative for a short."""

    symbol: str
    side: str
    amount: Decimal
    entry_price: Decimal | None


Row = OrderRow | AlgoRow | TradeRow


def read_rows(body: Any) -> Iterator[Row]:
    """Yield what an answer says of orders, algo orders and trades; other rows are left out."""
    for raw in rows_of(body):
        if (row := _read(raw)) is not None:
            yield row


def read_positions(body: Any) -> Iterator[PositionRow]:
    """Yield the positions of an answer: a list of them, or an account's `positions`."""
    rows = body.get("positions") if isinstance(body, Mapping) else body
    for raw in rows_of(rows):
        if raw.get("symbol"):
            yield PositionRow(
                word(raw["symbol"]),
                word(raw.get("positionSide")),
                figure(raw.get("positionAmt")) or Decimal(0),
                figure(raw.get("entryPrice")),
            )


def rows_of(body: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a body, which is one or a list of them."""
    return [row for row in (body if isinstance(body, list) else [body]) if isinstance(row, Mapping)]


def _read(row: Mapping[str, Any]) -> Row | None:
    if row.get("clientAlgoId"):
        # The cancellation of an algo order is answered with the string "200" where others have a status.
        status = word(row.get("algoStatus")) or ("CANCELED" if row.get("code") == "200" else "")
        child = id_text(row.get("actualOrderId"))
        filled = figure(row.get("aq", row.get("actualQty")))
        average = figure(row.get("actualPrice")) or None
        name, where = own_id(word(row["clientAlgoId"])), word(row.get("symbol"))
        return AlgoRow(name, id_text(row.get("algoId")), child, status, filled, average, where)
    if row.get("clientOrderId"):
        filled = figure(row.get("executedQty"))
        name, status = own_id(word(row["clientOrderId"])), word(row.get("status"))
        average, where = figure(row.get("avgPrice")) or None, word(row.get("symbol"))
        return OrderRow(name, id_text(row.get("orderId")), status, filled, average, where)
    if row.get("id") and row.get("orderId"):
        return TradeRow(id_text(row["orderId"]), _trade(row), word(row.get("symbol")))
    return None


def _trade(row: Mapping[str, Any]) -> TradeTerms:
    maker = row.get("maker")
    return TradeTerms(
        trade=id_text(row["id"]),
        quantity=figure(row.get("qty")),
        price=figure(row.get("price")),
        side=word(row.get("side")),
        liquidity={True: "MAKER", False: "TAKER"}[maker] if isinstance(maker, bool) else "",
        commission=figure(row.get("commission")),
        commission_asset=word(row.get("commissionAsset")),
    )
