"""The Algo service: section 11."""

from decimal import Decimal

import pytest

from conformance.simulator import Options
from tests.simulator.venue_client import ALGO, ORDER, VenueClient, names


def query(client: VenueClient, algo: dict[str, object]) -> dict[str, object]:
    """Return an algo order as GET /algoOrder shows it."""
    return dict(client.ask("GET", ALGO, algoId=algo["algoId"]))


def test_algo_order__rests_in_its_own_service(client: VenueClient) -> None:
    """An untriggered algo order is NEW, shows in openAlgoOrders, and is no order of the matching engine."""
    algo = client.algo(clientAlgoId="S-1")

    assert algo["algoStatus"] == "NEW"
    assert algo["triggerPrice"] == "49000.00"
    assert not {"activatePrice", "callbackRate"} & algo.keys()
    assert names(client.events) == ["ALGO_UPDATE:NEW"]
    assert not {"ap", "aq", "act", "rm"} & client.events[0]["o"].keys()
    rows = client.ask("GET", "/fapi/v1/openAlgoOrders")
    assert (rows[0]["triggerPrice"], rows[0]["price"], rows[0]["actualOrderId"]) == ("49000.0", "0.0", "")
    assert client.ask("GET", "/fapi/v1/openOrders") == []
    assert client.refused("GET", ORDER, symbol="BTCUSDT", origClientOrderId="S-1") == -2013


def test_trigger__spawns_a_child_of_the_same_client_id(client: VenueClient) -> None:
    """The child has a new order id, the algo's client id, type MARKET; the algo order follows it to FINISHED."""
    client.order()
    algo = client.algo(clientAlgoId="S-1")
    client.drain()
    client.control.move_price("BTCUSDT", "48990")

    assert names(client.events) == [
        "ALGO_UPDATE:TRIGGERING",
        "TRADE_LITE",
        "ORDER_TRADE_UPDATE:NEW",
        "ACCOUNT_UPDATE",
        "ORDER_TRADE_UPDATE:TRADE",
        "ALGO_UPDATE:TRIGGERED",
        "ALGO_UPDATE:FINISHED",
    ]
    triggering, child, triggered, finished = (client.events[n]["o"] for n in (0, 2, 5, 6))
    assert triggering["ai"] == ""
    assert triggering["tt"] > 0
    assert child["c"] == "S-1"
    assert (child["o"], child["ot"], child["sp"]) == ("MARKET", "MARKET", "0")
    assert (triggered["ai"], triggered["ap"], triggered["aq"], triggered["act"]) == (
        str(child["i"]),
        "0",
        "0",
        "MARKET",
    )
    assert (finished["ap"], finished["aq"]) == ("48989.9", "0.01")
    body = query(client, algo)
    assert (body["algoStatus"], body["actualOrderId"]) == ("FINISHED", str(child["i"]))
    assert client.refused("DELETE", ALGO, algoId=algo["algoId"]) == -2011


def test_trigger__triggered_may_come_first() -> None:
    """The option of section 11 lets TRIGGERED arrive before the child's own events."""
    client = VenueClient(Options(algo_triggered_event="before_child", algo_lag_ms=0))
    client.algo()
    client.control.move_price("BTCUSDT", "48990")

    assert names(client.events)[1:3] == ["ALGO_UPDATE:TRIGGERING", "ALGO_UPDATE:TRIGGERED"]
    assert names(client.events)[-1] == "ALGO_UPDATE:FINISHED"


def test_trigger__finishes_a_little_after_its_child() -> None:
    """By default FINISHED comes some milliseconds after the child's end, from its own service."""
    client = VenueClient(Options(algo_lag_ms=50))
    algo = client.algo()
    client.control.move_price("BTCUSDT", "48990")
    assert query(client, algo)["algoStatus"] == "TRIGGERED"

    client.control.advance(60)

    assert query(client, algo)["algoStatus"] == "FINISHED"
    assert names(client.events)[-1] == "ALGO_UPDATE:FINISHED"


@pytest.mark.parametrize(
    ("side", "type_", "trigger", "short_of"),
    [
        ("SELL", "STOP_MARKET", "49000", "49000.1"),
        ("BUY", "STOP_MARKET", "51000", "50999.9"),
        ("SELL", "TAKE_PROFIT_MARKET", "51000", "50999.9"),
        ("BUY", "TAKE_PROFIT_MARKET", "49000", "49000.1"),
    ],
)
def test_trigger__conditions(client: VenueClient, side: str, type_: str, trigger: str, short_of: str) -> None:
    """Each type and side triggers at its price and not a tick before it."""
    algo = client.algo(side, trigger, type_)
    client.control.move_price("BTCUSDT", short_of)
    assert query(client, algo)["algoStatus"] == "NEW"

    client.control.move_price("BTCUSDT", trigger)

    assert query(client, algo)["algoStatus"] == "FINISHED"


def test_trigger__on_the_mark_price(client: VenueClient) -> None:
    """workingType MARK_PRICE watches the mark price and not the last."""
    algo = client.algo(workingType="MARK_PRICE")
    client.venue.market.find("BTCUSDT").set_last(Decimal(48000))
    client.venue.conclude()
    assert query(client, algo)["algoStatus"] == "NEW"

    client.control.set_mark("BTCUSDT", "48999")

    assert query(client, algo)["algoStatus"] == "FINISHED"


def test_price_protect__holds_a_trigger_back(client: VenueClient) -> None:
    """With priceProtect an order does not trigger while mark and last price are too far apart."""
    algo = client.algo(priceProtect="true")
    instrument = client.venue.market.find("BTCUSDT")
    instrument.set_last(Decimal(46000))
    client.venue.conclude()
    assert query(client, algo)["algoStatus"] == "NEW"

    client.control.set_mark("BTCUSDT", "46500")

    assert query(client, algo)["algoStatus"] == "FINISHED"


@pytest.mark.parametrize("type_", ["STOP", "TAKE_PROFIT"])
def test_limit_variants__spawn_a_limit_child(client: VenueClient, type_: str) -> None:
    """STOP and TAKE_PROFIT leave a LIMIT child in the book; the algo order is TRIGGERED until the child ends."""
    trigger, move = ("49000", "48999") if type_ == "STOP" else ("51000", "51001")
    algo = client.algo("SELL", trigger, type_, price="51500")
    client.control.move_price("BTCUSDT", move)

    assert query(client, algo)["algoStatus"] == "TRIGGERED"
    child = client.control.books()["orders"][0]
    assert (child["type"], child["price"], child["clientOrderId"]) == ("LIMIT", "51500.00", algo["clientAlgoId"])
    client.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=child["orderId"])
    assert query(client, algo)["algoStatus"] == "FINISHED"


def test_trailing__follows_the_price(client: VenueClient) -> None:
    """A trailing sell triggers a callback below the highest price since it became active."""
    algo = client.algo(type_="TRAILING_STOP_MARKET", trigger=None, callbackRate="1", activatePrice="51000")  # type: ignore[arg-type]
    assert (algo["activatePrice"], algo["callbackRate"]) == ("51000.00", "1.0")
    client.control.move_price("BTCUSDT", "49000", "50990")
    assert [e["o"]["ia"] for e in client.events] == [False]

    client.control.move_price("BTCUSDT", "51100")
    assert [e["o"]["ia"] for e in client.events] == [False, True]
    client.control.move_price("BTCUSDT", "52000", "51481")
    assert query(client, algo)["algoStatus"] == "NEW"
    client.control.move_price("BTCUSDT", "51480")

    assert query(client, algo)["algoStatus"] == "FINISHED"


def test_cancel__by_either_id(client: VenueClient) -> None:
    """An algo order is cancelled by algoId or clientAlgoId; the answer's code is a string; unknown is -2013."""
    first, second = client.algo(), client.algo(clientAlgoId="mine")

    assert client.ask("DELETE", ALGO, algoId=first["algoId"])["code"] == "200"
    assert client.ask("DELETE", ALGO, clientAlgoId="mine")["algoId"] == second["algoId"]
    assert names(client.events)[-2:] == ["ALGO_UPDATE:CANCELED"] * 2
    assert client.refused("DELETE", ALGO, algoId=1) == -2013
    assert client.refused("DELETE", ALGO) == -1102
    assert client.refused("DELETE", ALGO, algoId=first["algoId"]) == -2011


def test_cancel_all__by_symbol(client: VenueClient) -> None:
    """DELETE algoOpenOrders cancels the algo orders of one symbol."""
    client.algo()
    client.algo(symbol="ETHUSDT", trigger="2400", quantity="0.1")
    client.ask("DELETE", "/fapi/v1/algoOpenOrders", symbol="BTCUSDT")

    assert [row["symbol"] for row in client.ask("GET", "/fapi/v1/openAlgoOrders")] == ["ETHUSDT"]
    assert [row["algoStatus"] for row in client.ask("GET", "/fapi/v1/allAlgoOrders", symbol="BTCUSDT")] == ["CANCELED"]


def test_client_algo_id__is_unique_among_waiting_ones(client: VenueClient) -> None:
    """A second waiting algo order of the same client id is refused."""
    client.algo(clientAlgoId="same")
    values = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01", "triggerPrice": "48000"}

    assert client.refused("POST", ALGO, algoType="CONDITIONAL", clientAlgoId="same", **values) == -4116


def test_reject__at_trigger(client: VenueClient) -> None:
    """No margin is checked at placement; what the matching engine denies at the trigger is REJECTED with its reason."""
    poor = client.algo(quantity="100")
    client.control.move_price("BTCUSDT", "48990")
    assert query(client, poor)["algoStatus"] == "REJECTED"
    assert client.events[-1]["o"]["rm"] == "Margin is insufficient."

    lone = client.algo(trigger="48000", reduceOnly="true")
    client.control.move_price("BTCUSDT", "47990")
    assert query(client, lone)["algoStatus"] == "REJECTED"
    assert client.events[-1]["o"]["rm"] == "Reduce Only reject"


def test_close_position__closes_all_of_it(client: VenueClient) -> None:
    """closePosition is reported as reduce-only with quantity 0, and closes what is held when it triggers."""
    client.order(quantity="0.030")
    algo = client.algo(quantity=None, closePosition="true")
    assert (algo["quantity"], algo["timeInForce"], algo["reduceOnly"], algo["closePosition"]) == (
        "0.000",
        "GTE_GTC",
        True,
        True,
    )
    values = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "STOP_MARKET",
        "triggerPrice": "48000",
        "closePosition": "true",
    }
    assert client.refused("POST", ALGO, algoType="CONDITIONAL", **values) == -4130
    client.order(quantity="0.010")

    client.control.move_price("BTCUSDT", "48990")

    assert client.position() == "0"
    assert query(client, algo)["algoStatus"] == "FINISHED"


def test_close_position__expires_when_closed_by_other_means(client: VenueClient) -> None:
    """When the position is closed otherwise, its closePosition orders expire."""
    client.order()
    algo = client.algo(quantity=None, closePosition="true")
    client.order(side="SELL")

    assert query(client, algo)["algoStatus"] == "EXPIRED"


def test_stop_orders__of_one_move_trigger_in_order_of_placement(client: VenueClient) -> None:
    """Several orders that one price sets off trigger one after the other, oldest first."""
    first, second = client.algo(trigger="48000"), client.algo(trigger="49000")
    client.control.move_price("BTCUSDT", "47000")

    triggering = [e["o"]["aid"] for e in client.events if e["e"] == "ALGO_UPDATE" and e["o"]["X"] == "TRIGGERING"]
    assert triggering == [first["algoId"], second["algoId"]]


def test_child__of_a_client_id_that_an_open_order_has__is_rejected(client: VenueClient) -> None:
    """A client order id names one open order: a child of an id that is taken is denied, and its algo order REJECTED."""
    client.order("BUY", price="48000", newClientOrderId="taken")
    client.algo(trigger="49000", clientAlgoId="taken")
    client.drain()
    client.control.move_price("BTCUSDT", "49000")

    assert [event["o"]["X"] for event in client.drain()] == ["TRIGGERING", "REJECTED"]
    assert [row["clientOrderId"] for row in client.control.books()["orders"]] == ["taken"]


@pytest.mark.parametrize("shown", [True, False])
def test_trailing__is_told_in_queries_by_option(shown: bool) -> None:
    """Whether queries of a trailing order tell its activation price and callback rate is an option, not a guess."""
    client = VenueClient(Options(trailing_shown_in_queries=shown))
    placed = client.ask(
        "POST",
        ALGO,
        algoType="CONDITIONAL",
        symbol="BTCUSDT",
        side="SELL",
        type="TRAILING_STOP_MARKET",
        quantity="0.010",
        callbackRate="1",
        activatePrice="50500",
    )
    (listed,) = client.ask("GET", "/fapi/v1/openAlgoOrders", symbol="BTCUSDT")
    (kept,) = client.ask("GET", "/fapi/v1/allAlgoOrders", symbol="BTCUSDT")
    queried = client.ask("GET", ALGO, algoId=placed["algoId"])

    assert {"activatePrice", "callbackRate"} <= set(placed)
    assert {"activatePrice" in row and "callbackRate" in row for row in (listed, kept, queried)} == {shown}
