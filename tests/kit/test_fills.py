"""The venue's trades, each with the order that made it."""

from decimal import Decimal
from typing import Any

from conformance.kit.fills import fills


def trade(number: int, order: int, side: str = "BUY") -> dict[str, Any]:
    """Return a row of userTrades."""
    return {
        "id": number,
        "orderId": order,
        "symbol": "BTCUSDT",
        "side": side,
        "positionSide": "BOTH",
        "price": "50000.10",
        "qty": "0.004",
        "commission": "0.08",
        "commissionAsset": "USDT",
        "maker": False,
        "time": 1_700_000_000_123,
    }


def test_fills_are_in_the_order_of_their_ids_as_numbers() -> None:
    """Trade 9999999 comes before 10000000, whatever the rows' order."""
    rows = [trade(10_000_000, 1), trade(9_999_999, 1)]
    assert [each.trade for each in fills(rows, [])] == ["9999999", "10000000"]


def test_fill_names_its_order_without_the_prefix_of_the_client() -> None:
    """2.x puts a broker's prefix before each client order id; one whose order is not listed has no name."""
    orders = [{"orderId": 1, "clientOrderId": "x-aHRE4BCj-RMKT-010-1"}]
    named, nameless = fills([trade(1, 1), trade(2, 7)], orders)
    assert (named.order, nameless.order) == ("MKT-010-1", "")


def test_quantity_of_a_sale_is_negative() -> None:
    """Signed, the fills of a position add up to it."""
    bought, sold = fills([trade(1, 1), trade(2, 1, "SELL")], [])
    assert bought.signed == Decimal("0.004") == -sold.signed
