"""What a control lets happen to an account: forced orders, another client, ends of algo orders, time, lost history."""

from decimal import Decimal

import pytest

from conformance.simulator import ControlError, Options
from conformance.simulator.errors import Refusal
from conformance.simulator.model.words import BALANCE_REASONS
from tests.simulator.venue_client import ALGO, ORDER, VenueClient, names, sign

ALL = ("/fapi/v1/allOrders", "/fapi/v1/allAlgoOrders", "/fapi/v1/userTrades")


def executions(client: VenueClient) -> list[tuple[str, str, str, str]]:
    """Return client id's beginning, execution, status and last quantity of every order event so far."""
    return [
        (o["c"].partition("-")[0], o["x"], o["X"], o["l"])
        for event in client.events
        if event["e"] == "ORDER_TRADE_UPDATE" and (o := event["o"])
    ]


@pytest.mark.parametrize("told", ["CALCULATED", "TRADE"])
def test_deleverage__is_told_either_way(client: VenueClient, told: str) -> None:
    """An ADL is told as CALCULATED or as TRADE, by argument or by option; the position shrinks by it."""
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    client.drain()
    client.control.deleverage("BTCUSDT", "0.004", execution=told)
    assert executions(client) == [("adl_autoclose", "NEW", "NEW", "0"), ("adl_autoclose", told, "FILLED", "0.004")]
    assert client.position() == "0.006"

    by_option = VenueClient(Options(adl_execution="TRADE"))
    by_option.control.open_position("BTCUSDT", "SHORT", "0.010")
    by_option.drain()
    by_option.control.deleverage("BTCUSDT")
    assert executions(by_option)[-1][1:] == ("TRADE", "FILLED", "0.01")


def test_liquidate__in_parts_and_in_steps(client: VenueClient) -> None:
    """One liquidation order may fill in several trades, and a liquidation may take several orders."""
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    client.drain()
    client.control.liquidate("BTCUSDT", quantity="0.007", parts=3, execution="TRADE")
    assert [row[2:] for row in executions(client)] == [
        ("NEW", "0"),
        ("PARTIALLY_FILLED", "0.002"),
        ("PARTIALLY_FILLED", "0.002"),
        ("FILLED", "0.003"),
    ]
    assert client.position() == "0.003"
    with pytest.raises(ControlError, match="parts: expected 1 to 100, got 0"):
        client.control.liquidate("BTCUSDT", parts=0)
    client.control.liquidate("BTCUSDT")

    rows = client.ask("GET", "/fapi/v1/forceOrders", symbol="BTCUSDT", autoCloseType="LIQUIDATION")
    assert (client.position(), len(rows)) == ("0", 2)


@pytest.mark.parametrize(
    ("symbol", "prefix"), [("BTCUSDT", "settlement_autoclose-"), ("BTCUSDT_261225", "delivery_autoclose-")]
)
def test_delist__names_its_order_by_the_contract(client: VenueClient, symbol: str, prefix: str) -> None:
    """A perpetual is settled, a delivery contract delivered: the closing order says which."""
    client.control.open_position(symbol, "LONG", "0.010")
    client.control.delist(symbol)

    last = [event["o"] for event in client.events if event["e"] == "ORDER_TRADE_UPDATE"][-1]
    assert (last["c"].startswith(prefix), last["X"]) == (True, "FILLED")


@pytest.mark.parametrize("base", ["ATOM", "币安人生", "1000SHIB"])
def test_listed_symbol__trades_as_the_one_it_is_like(client: VenueClient, base: str) -> None:
    """A symbol that is newly listed is told by exchangeInfo, takes orders, and holds a position; once only."""
    symbol = f"{base}USDT"
    client.control.list_symbol(symbol, baseAsset=base)
    row = next(each for each in client.ask("GET", "/fapi/v1/exchangeInfo")["symbols"] if each["symbol"] == symbol)
    assert (row["baseAsset"], row["pair"], row["quoteAsset"]) == (base, symbol, "USDT")
    client.control.open_position(symbol, "LONG", "1000")
    assert client.position(symbol) == "1000"
    with pytest.raises(ControlError, match="is listed already"):
        client.control.list_symbol(symbol, baseAsset=base)
    with pytest.raises(ControlError, match="expected an integer in 'pricePrecision'"):
        client.control.list_symbol("XUSDT", pricePrecision="many")


@pytest.mark.parametrize(("status", "code"), [("TRADING_HALT", -4140), ("SETTLING", -4141), ("PENDING_TRADING", -4141)])
def test_halted_symbol__takes_no_order_and_shows_it(client: VenueClient, status: str, code: int) -> None:
    """A symbol that does not trade says so in exchangeInfo, refuses orders, and lets cancel what rests there."""
    resting = client.order(price="49000")
    client.control.set_status("BTCUSDT", status)

    values = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.010"}
    assert client.refused("POST", ORDER, **values) == code
    rows = client.raw("GET", "/fapi/v1/exchangeInfo").body["symbols"]
    assert {row["symbol"]: row["status"] for row in rows}["BTCUSDT"] == status
    assert client.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=resting["orderId"])["status"] == "CANCELED"


def test_hedge_mode__is_set_up_by_another_client(client: VenueClient) -> None:
    """In hedge mode LONG and SHORT are opened and closed apart, also with a closePosition stop on each."""
    client.control.set_position_mode(hedged=True)
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    client.control.open_position("BTCUSDT", "SHORT", "0.004")
    assert (client.position(side="LONG"), client.position(side="SHORT")) == ("0.01", "-0.004")

    stop = {"symbol": "BTCUSDT", "type": "STOP_MARKET", "closePosition": "true", "algoType": "CONDITIONAL"}
    client.control.place_as_other(**stop, side="SELL", positionSide="LONG", triggerPrice="49000")
    client.control.place_as_other(**stop, side="BUY", positionSide="SHORT", triggerPrice="51000")
    with pytest.raises(Refusal, match="position side"):
        client.control.place_as_other(**stop, side="SELL", positionSide="SHORT", triggerPrice="49000")
    client.control.close_position("BTCUSDT", "0.003", position_side="SHORT")
    client.control.move_price("BTCUSDT", "49000")

    assert (client.position(side="LONG"), client.position(side="SHORT")) == ("0", "-0.001")
    with pytest.raises(Refusal):
        client.control.set_position_mode(hedged=False)


def test_close_position_stop__of_another_client_is_listed_as_the_app_makes_it(client: VenueClient) -> None:
    """A closePosition stop stands in openAlgoOrders with a quantity of 0, reduce-only, till the position ends."""
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    placed = client.control.place_as_other(
        symbol="BTCUSDT",
        side="SELL",
        type="STOP_MARKET",
        closePosition="true",
        triggerPrice="49000",
        algoType="CONDITIONAL",
    )
    (row,) = client.ask("GET", "/fapi/v1/openAlgoOrders")
    assert row["quantity"] == "0"
    assert (row["closePosition"], row["reduceOnly"], row["timeInForce"]) == (True, True, "GTE_GTC")
    event = client.events[-1]["o"]
    assert (event["q"], event["cp"], event["f"], event["R"]) == ("0", True, "GTE_GTC", True)

    client.control.close_position("BTCUSDT")
    assert client.ask("GET", ALGO, algoId=placed["algoId"])["algoStatus"] == "EXPIRED"


def test_gte_gtc_stop__with_a_quantity_ends_with_the_position(client: VenueClient) -> None:
    """A GTE_GTC stop of a part of the position expires once the position is gone, and needs one to begin with."""
    values = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "triggerPrice": "49000", "quantity": "0.005"}
    values |= {"algoType": "CONDITIONAL", "timeInForce": "GTE_GTC", "reduceOnly": "true"}
    with pytest.raises(Refusal, match="open positions"):
        client.control.place_as_other(**values)
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    client.control.place_as_other(**values)
    assert client.ask("GET", "/fapi/v1/openAlgoOrders")[0]["quantity"] == "0.005"
    client.control.close_position("BTCUSDT")

    assert client.ask("GET", "/fapi/v1/openAlgoOrders") == []


def test_other_client__cancels_amends_and_closes(client: VenueClient) -> None:
    """Another client of the account cancels orders of both kinds, amends, closes, and chooses leverage."""
    order = client.order(price="49000")
    client.algo()
    amended = client.control.amend_as_other("BTCUSDT", order["orderId"], quantity="0.020")
    assert (amended["origQty"], amended["price"]) == ("0.020", "49000.00")
    client.control.cancel_as_other("BTCUSDT", client.control.books()["algo_orders"][0]["clientAlgoId"])
    assert client.control.books()["algo_orders"] == []
    client.control.cancel_all_as_other("BTCUSDT")
    assert client.control.books()["orders"] == []
    client.control.set_leverage("BTCUSDT", 7)
    assert client.events[-1]["ac"] == {"s": "BTCUSDT", "l": 7}
    client.control.set_margin_type("BTCUSDT", isolated=True)
    assert client.events[-1]["a"]["m"] == "MARGIN_TYPE_CHANGE"
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    with pytest.raises(ControlError, match=r"the position has 0\.010, 1 was asked for"):
        client.control.close_position("BTCUSDT", "1")
    client.control.close_position("BTCUSDT", "0.004", price="51000")
    assert client.position() == "0.006"


def test_expiry__by_the_systems_own_reasons(client: VenueClient) -> None:
    """An order or an algo order expires without its owner's doing, and tells why."""
    order = client.order(price="49000")
    client.control.expire_order("BTCUSDT", order["orderId"], reason=6)
    event = client.events[-1]["o"]
    assert (event["x"], event["X"], event["er"]) == ("EXPIRED", "EXPIRED", "6")
    algo = client.algo()
    client.control.expire_algo(algo["algoId"], "Position was closed")
    event = client.events[-1]["o"]
    assert (event["X"], event["rm"]) == ("EXPIRED", "Position was closed")

    with pytest.raises(ControlError, match="EXPIRED is algo order"):
        client.control.expire_algo(algo["algoId"])
    with pytest.raises(ControlError, match="is EXPIRED: only an open order can expire"):
        client.control.expire_order("BTCUSDT", order["orderId"])


def test_reject_at_trigger__tells_the_engines_reason(client: VenueClient) -> None:
    """The matching engine denies the child of a triggered stop: REJECTED with its reason, and no child."""
    algo = client.algo()
    client.control.reject_at_trigger(algo["clientAlgoId"], "Margin is insufficient.")
    client.drain()
    client.control.move_price("BTCUSDT", "49000")

    assert names(client.events) == ["ALGO_UPDATE:TRIGGERING", "ALGO_UPDATE:REJECTED"]
    assert client.events[-1]["o"]["rm"] == "Margin is insufficient."
    assert client.ask("GET", "/fapi/v1/allOrders", symbol="BTCUSDT") == []


def test_forget__keeps_positions_and_open_orders(client: VenueClient) -> None:
    """What is older than the history is in no query; the position that it made, and what is open, remain."""
    filled = client.order()
    client.order(price="49000")
    client.control.forget("BTCUSDT", orders=False)
    assert client.ask("GET", "/fapi/v1/userTrades", symbol="BTCUSDT") == []
    assert len(client.ask("GET", "/fapi/v1/allOrders", symbol="BTCUSDT")) == 2
    client.control.forget("BTCUSDT")

    assert [row["status"] for row in client.ask("GET", "/fapi/v1/allOrders", symbol="BTCUSDT")] == ["NEW"]
    assert client.refused("GET", ORDER, symbol="BTCUSDT", orderId=filled["orderId"]) == -2013
    assert client.refused("GET", ORDER, symbol="BTCUSDT", origClientOrderId=filled["clientOrderId"]) == -2013
    assert client.position() == "0.01"


@pytest.mark.parametrize("reason", BALANCE_REASONS)
def test_deposit__may_have_any_reason(client: VenueClient, reason: str) -> None:
    """A balance changes for every reason that ACCOUNT_UPDATE knows."""
    client.control.deposit("USDT", "5", reason)

    assert client.events[-1]["a"]["m"] == reason
    assert client.balance() == "10005.00000000"


@pytest.mark.parametrize("ms", [-4_000, 90_000])
def test_skewed_clock__is_the_venues_in_all_it_says(client: VenueClient, ms: int) -> None:
    """serverTime, events and the window of timestamps follow a skewed clock; nothing runs on the way."""
    wall_ms = client.control.now_ms()
    client.control.skew_clock(ms)
    query = f"symbol=BTCUSDT&timestamp={wall_ms}"

    assert abs(client.raw("GET", "/fapi/v1/time").body["serverTime"] - wall_ms - ms) < 1_000
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    assert abs(client.events[-1]["E"] - wall_ms - ms) < 1_000
    answer = client.raw("GET", "/fapi/v1/openOrders", f"{query}&signature={sign(query)}")
    assert answer.body["code"] == -1021


def test_aged_orders__are_open_but_left_out_of_a_window(client: VenueClient) -> None:
    """An order and a stop of eight days ago are open still, but not among all orders of the last seven days."""
    client.order(quantity="0.010", price="49000")
    client.algo()
    client.control.open_position("BTCUSDT", "LONG", "0.010")
    before = [client.ask("GET", path, symbol="BTCUSDT") for path in ALL]
    client.control.age(8 * 86_400_000)

    assert [len(client.ask("GET", path, symbol="BTCUSDT")) for path in ALL] == [0, 0, 0]
    assert all(before)
    (order,) = client.ask("GET", "/fapi/v1/openOrders")
    assert order["time"] == before[0][0]["time"] - 8 * 86_400_000
    assert len(client.ask("GET", "/fapi/v1/openAlgoOrders")) == 1
    assert client.ask("GET", ALL[0], symbol="BTCUSDT", startTime=order["time"])


def test_available_balance__is_what_positions_and_orders_leave(client: VenueClient) -> None:
    """Free is the cross wallet with unrealised profit, less the initial margin of positions and of open orders."""
    client.control.open_position("BTCUSDT", "LONG", "0.100")
    client.order(quantity="0.040", price="49000")
    client.control.move_price("BTCUSDT", "50500")
    row = client.ask("GET", "/fapi/v3/balance")[0]
    account = client.ask("GET", "/fapi/v2/account")

    wallet = Decimal(row["balance"])
    position, orders = Decimal("0.1") * 50500 / 20, Decimal("0.04") * 49000 / 20
    expected = wallet + Decimal("0.1") * 500 - position - orders
    assert Decimal(row["availableBalance"]) == expected == Decimal(account["availableBalance"])
    assert Decimal(account["totalOpenOrderInitialMargin"]) == orders
