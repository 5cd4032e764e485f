"""Events of the user stream and rows of answers: read once, and what is left out or garbled says nothing."""

from decimal import Decimal
from typing import Any

import pytest

from conformance.binance.answers import AlgoRow, OrderRow, TradeRow, read_positions, read_rows
from conformance.binance.events import (
    AccountUpdate,
    AlgoUpdate,
    Event,
    LeverageUpdate,
    ListenKeyExpired,
    OrderUpdate,
    TradeLite,
    read_event,
    unwrap,
)

ORDER = {"c": "x-aHRE4BCj-RT-1", "i": 7, "x": "TRADE", "X": "FILLED", "z": "0.010", "t": 5, "S": "BUY", "m": False}
TRADED = {**ORDER, "l": "0.010", "L": "50000.0", "n": "0.2", "N": "USDT"}


def read(name: str, **fields: Any) -> Any:
    """Return an event of this name."""
    return read_event({"e": name, "T": 3, **fields})


def test_order_update() -> None:
    """The trader's own id, both states, what is filled, and the trade."""
    told = read("ORDER_TRADE_UPDATE", o=TRADED)
    assert isinstance(told, OrderUpdate)
    assert (told.client_order_id, told.order_id, told.execution, told.status) == ("T-1", "7", "TRADE", "FILLED")
    assert (told.filled, told.time_ms) == (Decimal("0.01"), 3)
    assert told.ids == {"x-aHRE4BCj-RT-1", "7"}
    assert told.get("X") == "FILLED"
    assert told.get("T") == 3
    trade = told.trade
    assert trade is not None
    assert (trade.trade, trade.quantity, trade.price, trade.side) == ("5", Decimal("0.01"), Decimal(50000), "BUY")
    assert (trade.liquidity, trade.commission, trade.commission_asset) == ("TAKER", Decimal("0.2"), "USDT")


@pytest.mark.parametrize("trade", [0, "", None])
def test_order_update_without_a_trade(trade: Any) -> None:
    """0 is no trade id."""
    assert read("ORDER_TRADE_UPDATE", o={**TRADED, "t": trade}).trade is None


@pytest.mark.parametrize("garbled", [None, "abc", "NaN", "Infinity", ["0.01"], {}])
def test_garbled_figure_says_nothing(garbled: Any) -> None:
    """It is None, and everything beside it is read."""
    told = read("ORDER_TRADE_UPDATE", o={**TRADED, "l": garbled, "m": garbled})
    assert told.trade is not None
    assert (told.trade.quantity, told.trade.liquidity, told.trade.price) == (None, "", Decimal(50000))


def test_trade_lite() -> None:
    """A trade at the event's own level, without commission."""
    told = read("TRADE_LITE", c="T-1", i=7, t=5, l="0.01", L="50000", S="SELL", m=True)
    assert isinstance(told, TradeLite)
    assert told.trade is not None
    assert (told.client_order_id, told.trade.trade, told.trade.liquidity) == ("T-1", "5", "MAKER")
    assert told.trade.commission is None


def test_leverage_update() -> None:
    """The symbol and its leverage; an event about the account's mode is no such."""
    told = read("ACCOUNT_CONFIG_UPDATE", ac={"s": "BTCUSDT", "l": 5})
    assert isinstance(told, LeverageUpdate)
    assert (told.config_symbol, told.leverage) == ("BTCUSDT", "5")
    assert not isinstance(read("ACCOUNT_CONFIG_UPDATE", ai={"j": True}), LeverageUpdate)


def test_algo_update() -> None:
    """The algo order's ids, its child's, its status."""
    told = read("ALGO_UPDATE", o={"caid": "T-1", "aid": 4001, "ai": "9", "X": "FINISHED", "aq": "0.01"})
    assert isinstance(told, AlgoUpdate)
    assert (told.client_algo_id, told.algo_id, told.child_id, told.status) == ("T-1", "4001", "9", "FINISHED")
    assert told.ids == {"T-1", "4001", "9"}


def test_account_update() -> None:
    """Why, and what changed; a row without its name is none."""
    positions = [{"s": "BTCUSDT", "ps": "BOTH", "pa": "-0.01", "ep": "50000"}, {"pa": "1"}, "row"]
    told = read("ACCOUNT_UPDATE", a={"m": "ORDER", "P": positions, "B": [{"a": "USDT", "wb": "10", "cw": "9"}]})
    assert isinstance(told, AccountUpdate)
    assert told.reason == "ORDER"
    assert [(each.symbol, each.amount) for each in told.positions] == [("BTCUSDT", Decimal("-0.01"))]
    assert [(each.asset, each.wallet, each.cross) for each in told.balances] == [("USDT", Decimal(10), Decimal(9))]


@pytest.mark.parametrize("name", ["ORDER_TRADE_UPDATE", "ALGO_UPDATE", "ACCOUNT_UPDATE", "SOMETHING_NEW"])
def test_event_without_its_body_is_still_an_event(name: str) -> None:
    """A malformed or unknown event has its name, and says nothing of any order."""
    told = read(name, o="text", a=[])
    assert type(told) is Event
    assert (told.name, told.ids) == (name, frozenset())
    assert isinstance(read("listenKeyExpired"), ListenKeyExpired)


@pytest.mark.parametrize("data", [None, "text", [], {}, {"result": None, "id": 1}, {"e": 5}])
def test_what_is_no_event_is_none(data: Any) -> None:
    """Such as the answer to a SUBSCRIBE."""
    assert read_event(data) is None


def test_envelope_of_a_combined_stream_is_taken_off() -> None:
    """Only a message of exactly these two fields is one."""
    assert unwrap({"stream": "key", "data": {"e": "x"}}) == ({"e": "x"}, "key")
    assert unwrap({"stream": "key", "data": 1, "id": 2}) == ({"stream": "key", "data": 1, "id": 2}, None)


def test_rows_of_answers() -> None:
    """Orders, algo orders and trades, one or many; the cancellation of an algo order says CANCELED by its code."""
    order = {"orderId": 7, "clientOrderId": "x-aHRE4BCj-RT-1", "status": "NEW", "executedQty": "0"}
    algo = {"algoId": 4001, "clientAlgoId": "T-2", "code": "200", "msg": "success"}
    trade = {"id": 5, "orderId": 7, "qty": "0.01", "price": "1", "side": "BUY", "maker": True, "commission": "0"}
    rows = list(read_rows([order, algo, trade, {"symbol": "BTCUSDT"}, "text"]))
    assert [type(row) for row in rows] == [OrderRow, AlgoRow, TradeRow]
    assert rows[0] == OrderRow("T-1", "7", "NEW", Decimal(0))
    assert rows[1] == AlgoRow("T-2", "4001", "", "CANCELED", None)
    assert list(read_rows(order)) == [rows[0]]
    assert list(read_rows("<html>")) == []


def test_positions_of_answers() -> None:
    """A list of them, or an account's."""
    row = {"symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "-1", "entryPrice": "5"}
    for body in ([row], {"positions": [row, {"positionAmt": "1"}]}):
        found = list(read_positions(body))
        assert [(each.symbol, each.side, each.amount, each.entry_price) for each in found] == [
            ("BTCUSDT", "BOTH", Decimal(-1), Decimal(5))
        ]
