"""The venue's rows as a snapshot has them: open orders, algo orders, positions, balances."""

from collections.abc import Mapping
from typing import Any

type Row = Mapping[str, Any]


def order(row: Row) -> dict[str, Any]:
    """Return an open order of `openOrders`."""
    return {
        **_terms(row),
        "client_order_id": row["clientOrderId"],
        "venue_order_id": str(row["orderId"]),
        "type": row["type"],
        "status": row["status"],
        "quantity": row["origQty"],
        "filled_qty": row["executedQty"],
    }


def algo_order(row: Row) -> dict[str, Any]:
    """Return a waiting order of `openAlgoOrders`."""
    return {
        **_terms(row),
        "client_order_id": row["clientAlgoId"],
        "venue_order_id": str(row["algoId"]),
        "type": row["orderType"],
        "status": row["algoStatus"],
        "quantity": row["quantity"],
        "filled_qty": "0",
        "trigger_price": row["triggerPrice"],
        "trigger_type": row.get("workingType"),
        "activation_price": row.get("activatePrice") or None,
        "callback_rate": row.get("callbackRate") or None,
    }


def position(row: Row) -> dict[str, Any]:
    """Return a position of `positionRisk`; of hedge mode's two, `position_side` says which."""
    return {
        "symbol": row["symbol"],
        "signed_qty": row["positionAmt"],
        "avg_px_open": row["entryPrice"],
        "position_side": row["positionSide"],
    }


def balance(row: Row) -> dict[str, Any]:
    """Return a balance; `available` is what the venue would let a trader use."""
    return {"currency": row["asset"], "total": row["balance"], "available": row["availableBalance"]}


def shown(row: Row) -> str:
    """Return a row of the trader's books in the words and the order of a `Standing`, above which it is shown."""
    names = ("status", "quantity", "filled_qty", "price", "trigger_price")
    return " ".join(f"{name} {row[name]}" for name in names if row.get(name) is not None) or "no such order"


def _terms(row: Row) -> dict[str, Any]:
    expires_ms = int(row.get("goodTillDate") or 0)
    return {
        "symbol": row["symbol"],
        "side": row["side"],
        "price": row["price"],
        "time_in_force": row["timeInForce"],
        "expire_time_ms": expires_ms or None,
        "post_only": row["timeInForce"] in ("GTX", "RPI"),
        "reduce_only": row["reduceOnly"],
        "close_position": row.get("closePosition"),
        "position_side": row.get("positionSide"),
    }
