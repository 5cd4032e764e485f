"""Life cycles of LIMIT and MARKET orders: sections 9, 10 and 12."""

import pytest

from conformance.simulator import Options
from tests.simulator.venue_client import ORDER, VenueClient, names

MARKETABLE = ["TRADE_LITE", "ORDER_TRADE_UPDATE:NEW", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE:TRADE"]


def test_market_order__events_come_in_the_order_of_production(client: VenueClient) -> None:
    """A market order emits TRADE_LITE, NEW, ACCOUNT_UPDATE, TRADE, all with one transaction time."""
    client.order()

    assert names(client.events) == MARKETABLE
    assert len({event["T"] for event in client.events}) == 1
    trade = client.events[-1]["o"]
    assert (trade["X"], trade["l"], trade["L"], trade["n"], trade["m"]) == (
        "FILLED",
        "0.01",
        "50000.1",
        "0.25000050",
        False,
    )


def test_order_trade_update__keys_are_in_wire_order(client: VenueClient) -> None:
    """ORDER_TRADE_UPDATE has the keys of section 9.1 in their order."""
    client.order()

    keys = "s c S o f q p ap sp x X i l z L n N T t b a m R wt ot ps cp rp pP si ss V pm gtd er"
    assert " ".join(client.events[1]["o"]) == keys
    assert list(client.events[1]) == ["e", "T", "E", "o"]


def test_resting_limit__rests_then_fills_as_maker(client: VenueClient) -> None:
    """A resting order only says NEW; when the price reaches it, it fills at its own price without a second NEW."""
    order = client.order(price="49000")
    assert names(client.drain()) == ["ORDER_TRADE_UPDATE:NEW"]

    client.control.move_price("BTCUSDT", "49500", "49000")

    assert names(client.events) == ["TRADE_LITE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE:TRADE"]
    filled = client.events[-1]["o"]
    assert (filled["m"], filled["L"], filled["n"]) == (True, "49000", "0.09800000")
    assert client.ask("GET", ORDER, symbol="BTCUSDT", orderId=order["orderId"])["status"] == "FILLED"


def test_resting_limit__shows_open_notional(client: VenueClient) -> None:
    """`b` and `a` are the open notional of the symbol's bids and asks after the event."""
    client.order(price="49000")
    client.order(side="SELL", price="51000", quantity="0.020")

    assert [(e["o"]["b"], e["o"]["a"]) for e in client.events] == [("490", "0"), ("490", "1020")]


def test_ack__tells_of_the_acceptance_only(client: VenueClient) -> None:
    """ACK says NEW even for a market order that filled at once; RESULT tells the end."""
    assert client.order()["status"] == "NEW"
    assert client.order(newOrderRespType="RESULT")["status"] == "FILLED"


def test_answers__have_todays_shapes(client: VenueClient) -> None:
    """Placement, amendment and cancel answers carry cumQty and neither avgPrice nor cumQuote; queries the reverse."""
    placed = client.order(price="49000")
    amended = client.ask(
        "PUT", ORDER, symbol="BTCUSDT", orderId=placed["orderId"], side="BUY", quantity="0.02", price="48000"
    )
    queried = client.ask("GET", ORDER, symbol="BTCUSDT", orderId=placed["orderId"])
    cancelled = client.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=placed["orderId"])

    for body in (placed, amended, cancelled):
        assert "cumQty" in body
        assert not {"avgPrice", "cumQuote"} & body.keys()
    assert {"avgPrice", "cumQuote", "time"} <= queried.keys()
    assert "cumQty" not in queried
    assert amended["pair"] == "BTCUSDT"
    assert (placed["price"], placed["origQty"]) == ("49000.00", "0.010")


def test_taker__goes_through_levels_and_expires_the_rest() -> None:
    """A market order takes level after level, one trade each, and what finds no one expires with reason 9."""
    client = VenueClient(Options(algo_lag_ms=0))
    client.control.set_book("BTCUSDT", bids=[("49999", "1")], asks=[("50001", "0.004"), ("50002", "0.003")])
    body = client.order(newOrderRespType="RESULT")

    assert names(client.events) == [
        "TRADE_LITE",
        "TRADE_LITE",
        "ORDER_TRADE_UPDATE:NEW",
        "ACCOUNT_UPDATE",
        "ORDER_TRADE_UPDATE:TRADE",
        "ACCOUNT_UPDATE",
        "ORDER_TRADE_UPDATE:TRADE",
        "ORDER_TRADE_UPDATE:EXPIRED",
    ]
    last = client.events[-1]["o"]
    assert (last["X"], last["z"], last["er"]) == ("EXPIRED", "0.007", "9")
    assert body["status"] == "EXPIRED"
    assert body["executedQty"] == "0.007"


def test_trade_lites__may_be_interleaved() -> None:
    """The option of section 18.4 puts each TRADE_LITE before its own ACCOUNT_UPDATE."""
    client = VenueClient(Options(trade_lites_first=False))
    client.control.set_book("BTCUSDT", bids=[], asks=[("50001", "0.005"), ("50002", "0.005")])
    client.order()

    fill = ["TRADE_LITE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE:TRADE"]
    assert names(client.events) == ["ORDER_TRADE_UPDATE:NEW", *fill, *fill]


@pytest.mark.parametrize(
    ("tif", "price", "outcome"),
    [
        ("GTC", "50001", "PARTIALLY_FILLED"),
        ("IOC", "50001", "EXPIRED"),
        ("IOC", "49000", "EXPIRED"),
        ("FOK", "50001", -5021),
        ("FOK", "50002", "FILLED"),
        ("GTX", "50001", -5022),
        ("GTX", "50000.9", "NEW"),
        ("RPI", "50001", -5022),
        ("RPI", "50000.9", "NEW"),
    ],
)
def test_time_in_force(client: VenueClient, tif: str, price: str, outcome: str | int) -> None:
    """GTC rests, IOC expires its rest with reason 2, FOK and GTX are refused without leaving a trace."""
    client.control.set_book("BTCUSDT", bids=[("49999", "1")], asks=[("50001", "0.006"), ("50002", "1")])
    params = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": tif,
        "quantity": "0.010",
        "price": price,
    }

    if isinstance(outcome, int):
        assert client.refused("POST", ORDER, newClientOrderId="x", **params) == outcome
        assert client.events == []
        assert client.refused("GET", ORDER, symbol="BTCUSDT", origClientOrderId="x") == -2013
        return
    body = client.ask("POST", ORDER, **params)
    assert client.ask("GET", ORDER, symbol="BTCUSDT", orderId=body["orderId"])["status"] == outcome
    if outcome == "EXPIRED":
        assert client.events[-1]["o"]["er"] == "2"


def test_rpi__is_not_in_the_public_book(client: VenueClient) -> None:
    """An RPI order rests without showing in depth or bookTicker."""
    client.control.set_book("BTCUSDT", bids=[("49990", "1")], asks=[("50010", "1")])
    client.order(price="49995", timeInForce="RPI")
    assert client.ask("GET", "/fapi/v1/ticker/bookTicker", symbol="BTCUSDT")["bidPrice"] == "49990.00"

    client.order(price="49996")
    assert client.ask("GET", "/fapi/v1/ticker/bookTicker", symbol="BTCUSDT")["bidPrice"] == "49996.00"


def test_gtd__expires_at_its_time(client: VenueClient) -> None:
    """GTD needs a goodTillDate more than 600 s ahead, keeps whole seconds, and expires then."""
    now_ms = client.control.now_ms()
    params = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTD",
        "quantity": "0.01",
        "price": "49000",
    }
    assert client.refused("POST", ORDER, **params) == -1102
    assert client.refused("POST", ORDER, **params, goodTillDate=now_ms + 599_000) == -5040
    assert client.refused("POST", ORDER, **params, goodTillDate=253_402_300_799_000) == -5040

    body = client.ask("POST", ORDER, **params, goodTillDate=now_ms + 700_999)
    assert body["goodTillDate"] % 1000 == 0
    client.control.advance(702_000)

    assert names(client.events)[-1] == "ORDER_TRADE_UPDATE:EXPIRED"
    assert client.control.books()["orders"] == []


@pytest.mark.parametrize(
    ("mode", "price"),
    [("OPPONENT", "50001"), ("QUEUE", "49999"), ("QUEUE_5", "49995"), ("OPPONENT_5", "50005")],
)
def test_price_match__takes_its_price_from_the_book(client: VenueClient, mode: str, price: str) -> None:
    """priceMatch resolves against the opposite (OPPONENT) or own (QUEUE) side, and is not sent with a price."""
    levels = [(str(49999 - n), "5") for n in range(5)], [(str(50001 + n), "5") for n in range(5)]
    client.control.set_book("BTCUSDT", *levels)
    params = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
    body = client.ask("POST", ORDER, **params, priceMatch=mode)

    assert body["price"] == f"{price}.00"
    assert client.events[-1]["o"]["pm"] == mode
    assert client.refused("POST", ORDER, **params, priceMatch=mode, price="50000") == -1106
    assert client.refused("POST", ORDER, **params, priceMatch="QUEUE_10") == -5041
    assert client.refused("POST", ORDER, **params, priceMatch="OPPONENT_20") == -5037


@pytest.mark.parametrize(
    ("mode", "maker", "taker", "reason"),
    [
        ("EXPIRE_MAKER", "EXPIRED_IN_MATCH", "NEW", "1"),
        ("EXPIRE_TAKER", "NEW", "EXPIRED_IN_MATCH", "1"),
        ("EXPIRE_BOTH", "EXPIRED_IN_MATCH", "EXPIRED_IN_MATCH", "1"),
    ],
)
def test_self_trade__expires_as_the_taker_wishes(
    client: VenueClient, mode: str, maker: str, taker: str, reason: str
) -> None:
    """Two orders of one account never trade with each other: the taker's mode says which expires."""
    client.control.set_book("BTCUSDT", bids=[("49990", "1")], asks=[("50010", "1")])
    resting = client.order(side="SELL", price="50000")
    incoming = client.order(price="50000", selfTradePreventionMode=mode)

    states = [
        client.ask("GET", ORDER, symbol="BTCUSDT", orderId=order["orderId"])["status"] for order in (resting, incoming)
    ]
    assert states == [maker, taker]
    expired = [e["o"] for e in client.events if e["e"] == "ORDER_TRADE_UPDATE" and e["o"]["x"] == "EXPIRED"]
    assert {row["er"] for row in expired} == {reason}
    assert client.position() == "0"


def test_client_order_id__is_unique_among_open_orders_only(client: VenueClient) -> None:
    """Two market orders in a row may share an id, two open orders may not; a made id has 22 letters and digits."""
    client.order(newClientOrderId="same")
    client.order(newClientOrderId="same")
    client.order(price="49000", newClientOrderId="same")
    params = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.01",
        "price": "48000",
    }

    assert client.refused("POST", ORDER, **params, newClientOrderId="same") == -4116
    assert client.refused("POST", ORDER, **params, newClientOrderId="x" * 37) == -4015
    assert client.refused("POST", ORDER, **params, newClientOrderId="a b") == -1100
    assert client.ask("POST", ORDER, **params, newClientOrderId="x" * 36)["clientOrderId"] == "x" * 36
    made = client.order(price="47600")["clientOrderId"]
    assert len(made) == 22
    assert made.isalnum()


def test_cancel__ends_an_order_once(client: VenueClient) -> None:
    """A cancel emits CANCELED and no ACCOUNT_UPDATE; a second one, or one of a filled order, is -2011."""
    order = client.order(price="49000")
    client.drain()
    body = client.ask("DELETE", ORDER, symbol="BTCUSDT", origClientOrderId=order["clientOrderId"])

    assert body["status"] == "CANCELED"
    assert names(client.events) == ["ORDER_TRADE_UPDATE:CANCELED"]
    assert client.refused("DELETE", ORDER, symbol="BTCUSDT", orderId=order["orderId"]) == -2011
    filled = client.order()
    assert client.refused("DELETE", ORDER, symbol="BTCUSDT", orderId=filled["orderId"]) == -2011
    assert client.refused("DELETE", ORDER, symbol="BTCUSDT", orderId=1) == -2011
    assert client.refused("DELETE", ORDER, symbol="BTCUSDT") == -1102


def test_cancel_all__leaves_algo_orders_alone(client: VenueClient) -> None:
    """DELETE allOpenOrders cancels the symbol's orders, not its algo orders, nor other symbols' orders."""
    client.order(price="49000")
    client.order(price="48500")
    client.order(price="2400", symbol="ETHUSDT", quantity="0.1")
    client.algo()
    body = client.ask("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")

    assert body == {"code": 200, "msg": "The operation of cancel all open order is done."}
    books = client.control.books()
    assert [order["symbol"] for order in books["orders"]] == ["ETHUSDT"]
    assert len(books["algo_orders"]) == 1


def test_countdown__cancels_unless_called_off(client: VenueClient) -> None:
    """countdownCancelAll cancels a symbol's orders after its time; another call replaces it, 0 switches it off."""
    client.order(price="49000")
    path = "/fapi/v1/countdownCancelAll"
    assert client.ask("POST", path, symbol="BTCUSDT", countdownTime=5000) == {
        "symbol": "BTCUSDT",
        "countdownTime": "5000",
    }
    client.control.advance(4000)
    client.ask("POST", path, symbol="BTCUSDT", countdownTime=5000)
    client.control.advance(4000)
    assert len(client.control.books()["orders"]) == 1
    client.ask("POST", path, symbol="BTCUSDT", countdownTime=0)
    client.control.advance(10_000)
    assert len(client.control.books()["orders"]) == 1

    client.ask("POST", path, symbol="BTCUSDT", countdownTime=1000)
    client.control.advance(1001)

    assert client.control.books()["orders"] == []
    assert client.events[-1]["o"]["X"] == "CANCELED"


def test_batch__answers_item_by_item(client: VenueClient) -> None:
    """batchOrders answers in order, each item an order or a refusal; more than five are refused together."""
    import json

    good = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.01",
        "price": "49000",
    }
    stop = {**good, "type": "STOP_MARKET", "stopPrice": "48000"}
    body = client.ask("POST", "/fapi/v1/batchOrders", batchOrders=json.dumps([good, stop, {**good, "price": "48000"}]))

    assert [item.get("status") or item["code"] for item in body] == ["NEW", -4120, "NEW"]
    assert client.refused("POST", "/fapi/v1/batchOrders", batchOrders=json.dumps([good] * 6)) == -4082
    ids = [item["orderId"] for item in (body[0], body[2])]
    ended = client.ask("DELETE", "/fapi/v1/batchOrders", symbol="BTCUSDT", orderIdList=json.dumps([*ids, 7]))
    assert [item.get("status") or item["code"] for item in ended] == ["CANCELED", "CANCELED", -2011]


def test_partial_fill__by_control(client: VenueClient) -> None:
    """A control can let another trader take part of a resting order; the rest stays open."""
    order = client.order(price="49000")
    client.drain()
    body = client.control.fill("BTCUSDT", order["orderId"], "0.004")

    assert (body["status"], body["executedQty"]) == ("PARTIALLY_FILLED", "0.004")
    assert client.events[-1]["o"]["X"] == "PARTIALLY_FILLED"
    client.control.fill("BTCUSDT", order["clientOrderId"])
    assert client.events[-1]["o"]["X"] == "FILLED"
    assert client.position() == "0.01"


def test_order_ids__have_nineteen_digits(client: VenueClient) -> None:
    """Order ids are as long as genuine ones: beyond a double's exact integers, within a signed 64-bit one."""
    ids = [client.order(symbol=symbol, quantity="0.100", price=None)["orderId"] for symbol in ("BTCUSDT", "ETHUSDT")]
    text = client.raw("GET", ORDER, client.signed_query(symbol="BTCUSDT", orderId=ids[0])).text()

    assert all(len(str(order_id)) == 19 and 2**53 < order_id < 2**63 for order_id in ids)
    assert f'"orderId":{ids[0]}' in text
    assert ids[0] != ids[1]
