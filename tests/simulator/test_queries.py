"""Queries of orders, trades, income and market data: sections 6, 10.10, 14 and 16."""

from conformance.simulator import Options
from conformance.simulator.inventory import EVENTS, inventory
from conformance.simulator.legible import describe
from conformance.simulator.rest.answering import Answer, RestRequest
from tests.simulator.venue_client import ALGO, ORDER, VenueClient, names

DAY_MS = 86_400_000


def test_all_orders__limit_keeps_the_newest(client: VenueClient) -> None:
    """allOrders lists oldest first, keeps the newest `limit`, and `orderId` means ids from there on."""
    ids = [client.order(price="49000")["orderId"] for _ in range(5)]
    path = "/fapi/v1/allOrders"

    assert [row["orderId"] for row in client.ask("GET", path, symbol="BTCUSDT", limit=2)] == ids[-2:]
    assert [row["orderId"] for row in client.ask("GET", path, symbol="BTCUSDT", orderId=ids[2])] == ids[2:]
    assert len(client.ask("GET", path)) == 5
    row = client.ask("GET", path, symbol="BTCUSDT", limit=1)[0]
    assert (row["price"], row["stopPrice"], row["cumBase"], row["pair"]) == ("49000.00", "0", "0", "BTCUSDT")


def test_user_trades__limit_keeps_the_oldest(client: VenueClient) -> None:
    """userTrades keeps the oldest `limit` of its window; fromId excludes times; a window has 7 days at most."""
    for _ in range(4):
        client.order()
    path = "/fapi/v1/userTrades"
    trades = client.ask("GET", path, symbol="BTCUSDT")
    ids = [row["id"] for row in trades]

    assert [row["id"] for row in client.ask("GET", path, symbol="BTCUSDT", limit=2)] == ids[:2]
    assert [row["id"] for row in client.ask("GET", path, symbol="BTCUSDT", fromId=ids[2])] == ids[2:]
    assert [row["id"] for row in client.ask("GET", path, symbol="BTCUSDT", orderId=trades[1]["orderId"])] == [ids[1]]
    assert client.refused("GET", path, symbol="BTCUSDT", fromId=1, startTime=1) == -1128
    assert client.refused("GET", path, symbol="BTCUSDT", startTime=1, endTime=9 * DAY_MS) == -4165
    assert client.refused("GET", path, symbol="BTCUSDT", startTime=9, endTime=1) == -1023
    assert (trades[0]["price"], trades[0]["quoteQty"], trades[0]["commission"]) == (
        "50000.10",
        "500.00100",
        "0.25000050",
    )


def test_old_orders__vanish() -> None:
    """Orders that ended without a fill vanish from queries after 3 days, all others after 90."""
    client = VenueClient(Options(funding_automatic=False))
    cancelled = client.order(price="49000")
    client.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=cancelled["orderId"])
    filled = client.order()
    client.control.advance(3 * DAY_MS + 1000)
    assert client.refused("GET", ORDER, symbol="BTCUSDT", orderId=cancelled["orderId"]) == -2013
    assert [row["orderId"] for row in client.ask("GET", "/fapi/v1/allOrders", symbol="BTCUSDT")] == [filled["orderId"]]

    client.control.advance(87 * DAY_MS)
    assert client.refused("GET", ORDER, symbol="BTCUSDT", orderId=filled["orderId"]) == -2013


def test_open_order__is_found_while_open_only(client: VenueClient) -> None:
    """GET openOrder finds an open order and no finished one; orderId prevails over the client id."""
    order = client.order(price="49000")
    path = "/fapi/v1/openOrder"
    body = client.ask("GET", path, symbol="BTCUSDT", orderId=order["orderId"], origClientOrderId="nonsense")
    assert body["orderId"] == order["orderId"]
    client.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=order["orderId"])

    assert client.refused("GET", path, symbol="BTCUSDT", orderId=order["orderId"]) == -2013
    assert client.refused("GET", path, symbol="BTCUSDT") == -1102


def test_income__tells_every_flow(client: VenueClient) -> None:
    """income lists transfers, commissions and profits, filtered by symbol and type."""
    client.order()
    client.order(side="SELL")
    rows = client.ask("GET", "/fapi/v1/income")

    assert [row["incomeType"] for row in rows] == ["TRANSFER", "COMMISSION", "REALIZED_PNL", "COMMISSION"]
    assert [row["income"] for row in client.ask("GET", "/fapi/v1/income", incomeType="REALIZED_PNL")] == ["-0.00200000"]


def test_market_data__agrees_with_itself(client: VenueClient) -> None:
    """Tickers, depth, trades and premiumIndex tell the same prices."""
    client.order()
    symbol = {"symbol": "BTCUSDT"}
    assert client.ask("GET", "/fapi/v1/ticker/price", **symbol)["price"] == "50000.10"
    assert client.ask("GET", "/fapi/v1/ticker/24hr", **symbol)["lastPrice"] == "50000.10"
    assert client.ask("GET", "/fapi/v1/trades", **symbol)[-1]["price"] == "50000.10"
    depth, best = (
        client.ask("GET", "/fapi/v1/depth", **symbol, limit=5),
        client.ask("GET", "/fapi/v1/ticker/bookTicker", **symbol),
    )
    assert depth["bids"][0] == [best["bidPrice"], best["bidQty"]]
    index = client.ask("GET", "/fapi/v1/premiumIndex", **symbol)
    assert index["markPrice"] == "50000.00000000"
    assert index["nextFundingTime"] % (8 * 3_600_000) == 0
    assert len(client.ask("GET", "/fapi/v1/premiumIndex")) == len(client.ask("GET", "/fapi/v1/ticker/price")) == 4


def test_account_settings__are_told(client: VenueClient) -> None:
    """symbolConfig, accountConfig, commissionRate, leverageBracket and adlQuantile have their shapes."""
    assert client.ask("GET", "/fapi/v1/symbolConfig", symbol="BTCUSDT") == [
        {
            "symbol": "BTCUSDT",
            "marginType": "CROSSED",
            "isAutoAddMargin": False,
            "leverage": 20,
            "maxNotionalValue": "100000000",
        }
    ]
    assert client.ask("GET", "/fapi/v1/accountConfig")["dualSidePosition"] is False
    assert client.ask("GET", "/fapi/v1/commissionRate", symbol="BTCUSDT")["makerCommissionRate"] == "0.000200"
    bracket = client.ask("GET", "/fapi/v1/leverageBracket", symbol="BTCUSDT")[0]["brackets"][0]
    assert bracket.keys() == {"bracket", "initialLeverage", "notionalCap", "notionalFloor", "maintMarginRatio", "cum"}
    assert client.ask("GET", "/fapi/v1/adlQuantile") == {}
    client.order()
    assert client.ask("GET", "/fapi/v1/adlQuantile")[0]["adlQuantile"]["BOTH"] == 1


def test_test_order__changes_nothing(client: VenueClient) -> None:
    """POST order/test checks like an order and leaves no trace."""
    values = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.010"}
    assert client.ask("POST", "/fapi/v1/order/test", **values)["status"] == "NEW"
    assert client.refused("POST", "/fapi/v1/order/test", **{**values, "quantity": "10"}) == -2019

    assert client.events == []
    assert client.control.books()["orders"] == []


def test_other_events__of_other_services() -> None:
    """The bots' events and the deprecated trigger reject can be had; GTE_GTC orders live as long as their position."""
    client = VenueClient(Options(legacy_trigger_reject=True, algo_lag_ms=0))
    client.control.announce_strategy("BTCUSDT")
    assert names(client.drain()) == ["STRATEGY_UPDATE", "GRID_UPDATE"]
    client.algo(reduceOnly="true")
    client.control.move_price("BTCUSDT", "48990")
    assert names(client.drain())[-1] == "CONDITIONAL_ORDER_TRIGGER_REJECT"

    values = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01", "triggerPrice": "48000"}
    assert client.refused("POST", ALGO, algoType="CONDITIONAL", timeInForce="GTE_GTC", **values) == -4509
    client.order()
    client.ask("POST", ALGO, algoType="CONDITIONAL", timeInForce="GTE_GTC", **values)
    client.order(side="SELL")
    assert client.events[-1]["o"]["X"] == "EXPIRED"


def test_inventory__has_everything(client: VenueClient) -> None:
    """The inventory names every route, WS method and event once."""
    rows = [(entry.kind, entry.name) for entry in inventory()]

    assert len(rows) == len(set(rows))
    assert {("REST", "POST /fapi/v1/order"), ("WS API", "order.place"), ("event", "ALGO_UPDATE")} <= set(rows)
    assert len(EVENTS) == 10


def test_log_lines__show_no_secret() -> None:
    """A request's log line shows what was asked and answered, and neither signature nor listen key."""
    request = RestRequest(
        "POST", ORDER, "symbol=BTCUSDT&side=BUY&timestamp=1&signature=deadbeef", "", "a-key", "127.0.0.1"
    )
    line = describe(request, Answer(400, {"code": -2019, "msg": "Margin is insufficient."}))

    assert "symbol=BTCUSDT side=BUY" in line
    assert '400 code=-2019 msg="Margin is insufficient."' in line
    assert "deadbeef" not in line + describe(request, Answer(200, {"listenKey": "deadbeef"}))
    assert "a-key" not in line
