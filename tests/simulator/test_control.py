"""The control: acts on the venue's state, from which the events follow; and the same over HTTP."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import aiohttp
import pytest

from conformance.simulator import ControlError, Options, Simulator, StateError
from conformance.simulator.control.time import LONGEST_STEP_MS
from conformance.simulator.errors import Refusal
from tests.simulator.venue_client import ORDER, HttpClient, VenueClient, frame, is_silent, names

ROUTE = f"POST {ORDER}"
LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "49000",
}


def test_nonsense__is_explained(client: VenueClient) -> None:
    """A control that makes no sense says what was given and what is possible."""
    control = client.control
    for act, words in (
        (lambda: control.price("NOPE"), "this venue has BTCUSDT"),
        (lambda: control.move_price("BTCUSDT", "-1"), "above 0"),
        (lambda: control.move_price("BTCUSDT", "much"), "decimal"),
        (lambda: control.fill("BTCUSDT", 5), "no order 5"),
        (lambda: control.open_position("BTCUSDT", "UP", "1"), "LONG or SHORT"),
        (lambda: control.set_book("BTCUSDT", [("5", "1")], [("4", "1")]), "not below"),
        (lambda: control.advance(-1), "cannot go back"),
        (lambda: control.advance(LONGEST_STEP_MS + 1), f"from 0 to {LONGEST_STEP_MS}"),
        (lambda: control.skew_clock(-LONGEST_STEP_MS - 1), f"to {LONGEST_STEP_MS}"),
        (lambda: control.liquidate("BTCUSDT"), "no BOTH position"),
        (lambda: control.set_status("BTCUSDT", "ASLEEP"), "expected one of"),
        (lambda: control.fail(ROUTE, "odd"), "expected one of"),
        (lambda: control.deposit("USDT", "-20000"), "cannot leave"),
    ):
        with pytest.raises(ControlError, match=words):
            act()


def test_fill__never_gives_more_than_the_order_asks(client: VenueClient) -> None:
    """A fill is for what is left at most, of an open order, and at no worse price."""
    order = client.order(price="49000")
    for quantity, price, words in (("0.02", None, "left"), ("0.01", "49001", "worse price")):
        with pytest.raises(ControlError, match=words):
            client.control.fill("BTCUSDT", order["orderId"], quantity, price)
    client.control.fill("BTCUSDT", str(order["orderId"]), "0.01", "48999")
    with pytest.raises(ControlError, match="FILLED"):
        client.control.fill("BTCUSDT", order["orderId"])


def test_printed_trade__is_between_others(client: VenueClient) -> None:
    """A public trade at the price of a resting order leaves the order as it is, where a move to that price fills it."""
    resting = client.order(price="49000")
    client.control.fill("BTCUSDT", resting["orderId"], "0.004")

    client.control.print_trade("BTCUSDT")

    def executed() -> Decimal:
        return Decimal(client.ask("GET", ORDER, symbol="BTCUSDT", orderId=resting["orderId"])["executedQty"])

    assert (client.control.price("BTCUSDT"), executed()) == (Decimal(49000), Decimal("0.004"))
    client.control.move_price("BTCUSDT", "49000")
    assert executed() == Decimal("0.01")


def test_number_trades__next_trades_have_these_ids_in_one_symbol(client: VenueClient) -> None:
    """Trade ids count from the given one on, in queries and events, for that symbol alone; none is used twice."""
    client.control.number_trades("BTCUSDT", 9999)
    order = client.order(price="49000")
    for _ in range(2):
        client.control.fill("BTCUSDT", order["orderId"], "0.004")

    trades = client.ask("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert [trade["id"] for trade in trades] == [9999, 10000]
    assert [event["o"]["t"] for event in client.events if event["e"] == "ORDER_TRADE_UPDATE"][-2:] == [9999, 10000]
    with pytest.raises(ControlError, match="from 10001"):
        client.control.number_trades("BTCUSDT", 10000)
    client.control.number_trades("ETHUSDT", 10000)


def test_other_client__shares_the_account(client: VenueClient) -> None:
    """Orders of another client go the same way, with the same refusals, and show to everyone."""
    placed = client.control.place_as_other(**LIMIT, newClientOrderId="other")
    client.control.place_as_other(
        algoType="CONDITIONAL", symbol="BTCUSDT", side="SELL", type="STOP_MARKET", quantity="0.01", triggerPrice="48000"
    )
    assert client.ask("GET", ORDER, symbol="BTCUSDT", origClientOrderId="other")["orderId"] == placed["orderId"]
    assert names(client.events) == ["ORDER_TRADE_UPDATE:NEW", "ALGO_UPDATE:NEW"]
    with pytest.raises(Refusal, match="-2019"):
        client.control.place_as_other(**{**LIMIT, "quantity": "10"})
    assert client.control.cancel_as_other("BTCUSDT", "other")["status"] == "CANCELED"


def test_set_book__trades_with_orders_that_it_crosses(client: VenueClient) -> None:
    """New levels that cross a resting order take it, part by part."""
    order = client.order(side="SELL", price="51000")
    client.control.set_book("BTCUSDT", bids=[("51000", "0.004")], asks=[("51010", "1")])
    body = client.ask("GET", ORDER, symbol="BTCUSDT", orderId=order["orderId"])

    assert (body["status"], body["executedQty"]) == ("PARTIALLY_FILLED", "0.004")
    assert client.ask("GET", "/fapi/v1/depth", symbol="BTCUSDT", limit=5)["bids"] == []


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("unknown", 503, -1000),
        ("unavailable", 503, -1000),
        ("throttled", 503, -1008),
        ("internal", 503, -1001),
        ("timeout", 408, -1007),
    ],
)
@pytest.mark.parametrize("processed", [True, False])
def test_failures__though_processed_or_not(
    client: VenueClient, kind: str, status: int, code: int, processed: bool
) -> None:
    """Each failure of section 5 can be answered though the venue took the order, or without."""
    client.control.fail(ROUTE, kind, processed=processed)
    answer = client.answer("POST", ORDER, **LIMIT)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert len(client.control.books()["orders"]) == (1 if processed else 0)
    assert client.answer("POST", ORDER, **LIMIT).status == 200


def test_answers__can_be_chosen_by_count(client: VenueClient) -> None:
    """`skip` and `times` say which answers of a route are replaced."""
    client.control.answer_with(
        ROUTE, 429, {"code": -1003, "msg": "slow down"}, skip=1, times=2, headers={"Retry-After": "1"}
    )
    answers = [client.answer("POST", ORDER, **LIMIT) for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["Retry-After"] == "1"


def test_throttling__exempts_what_reduces(client: VenueClient) -> None:
    """While throttled new orders are 503 with -1008; reduce-only orders and cancels are exempt."""
    client.order(quantity="0.02")
    resting = client.order(price="49000")
    client.control.throttle()
    answer = client.answer("POST", ORDER, **LIMIT)
    assert (answer.status, answer.body["code"]) == (503, -1008)
    client.order(side="SELL", reduceOnly="true")
    client.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=resting["orderId"])
    client.control.throttle(on=False)
    client.order(price="49000")


async def test_answers__can_be_late_or_lost(http: HttpClient) -> None:
    """An answer can be delayed, and the connection cut before or after the venue processed the request."""
    control = http.simulator.control
    control.delay_answer(ROUTE, 0.2)
    began_s = asyncio.get_running_loop().time()
    assert (await http.signed("POST", ORDER, **LIMIT))[0] == 200
    assert asyncio.get_running_loop().time() - began_s >= 0.2
    assert len(control.books()["orders"]) == 1
    for processed, orders in ((True, 2), (False, 2)):
        control.drop_answer(ROUTE, processed=processed)
        with pytest.raises(aiohttp.ClientError):
            await http.signed("POST", ORDER, **LIMIT)
        assert len(control.books()["orders"]) == orders


async def test_ws_answers__can_be_failed_too(http: HttpClient) -> None:
    """The same controls reach the WS API, by "WS <method>"."""
    http.simulator.control.answer_with("WS ping", 503, {"code": -1008, "msg": "busy"})
    socket = await http.connect("/ws-fapi/v1")
    await socket.send_json({"id": 1, "method": "ping"})
    assert await frame(socket) == {"id": 1, "status": 503, "error": {"code": -1008, "msg": "busy"}}
    http.simulator.control.delay_answer("WS ping", 0.05)
    await socket.send_json({"id": 2, "method": "ping"})
    await socket.send_json({"id": 3, "method": "ping"})
    assert [(await frame(socket))["id"] for _ in range(2)] == [3, 2]


async def test_events__can_be_lost_doubled_and_swapped(http: HttpClient) -> None:
    """Streams lose, repeat or reorder events by control; the venue's own record has them all in order."""
    control = http.simulator.control
    socket = await http.connect(f"/private/ws/{await http.listen_key()}")
    control.lose_event("TRADE_LITE")
    control.duplicate_event("ACCOUNT_UPDATE")
    control.hold_event("ORDER_TRADE_UPDATE", "ORDER_TRADE_UPDATE", x="NEW", until_x="TRADE")
    control.open_position("BTCUSDT", "LONG", "0.010")
    seen = [await frame(socket) for _ in range(4)]

    assert names(seen) == ["ACCOUNT_UPDATE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE:TRADE", "ORDER_TRADE_UPDATE:NEW"]
    assert names(control.events) == [
        "TRADE_LITE",
        "ORDER_TRADE_UPDATE:NEW",
        "ACCOUNT_UPDATE",
        "ORDER_TRADE_UPDATE:TRADE",
    ]
    control.hold_event("ACCOUNT_UPDATE", "never")
    control.deposit("USDT", "5")
    assert await is_silent(socket)
    control.release_events()
    assert (await frame(socket))["a"]["m"] == "DEPOSIT"


def test_state__survives_a_restart(tmp_path: Path) -> None:
    """A saved account starts again with its balances, positions, settings, open orders and prices."""
    client = VenueClient()
    client.ask("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=33)
    client.control.move_price("BTCUSDT", "51000")
    client.order(quantity="0.020")
    client.order(price="49000", newClientOrderId="resting")
    client.algo(clientAlgoId="stop")
    path = tmp_path / "account.json"
    client.control.save(path)
    again = VenueClient(state=path)

    before, after = client.control.books(), again.control.books()
    assert before == after
    assert again.control.price("BTCUSDT") == client.control.price("BTCUSDT")
    assert again.ask("GET", "/fapi/v1/symbolConfig", symbol="BTCUSDT")[0]["leverage"] == 33
    assert again.order(price="48000")["orderId"] > before["orders"][0]["orderId"]
    again.control.move_price("BTCUSDT", "48990")
    assert again.position() == "0.02"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "format"),
        ('{"format": 1}', "damaged"),
        (
            '{"format":1,"hedged":false,"multi_assets":false,"fee_burn":false,"wallets":{"USDT":{"TRANSFER":"x"}}}',
            "decimal",
        ),
    ],
)
def test_state__that_is_damaged_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """A state file that cannot be used says what is wrong with it and where."""
    path = tmp_path / "state.json"
    path.write_text(text)

    with pytest.raises(StateError, match=words):
        Simulator(state=path)
    with pytest.raises(StateError, match="cannot be read"):
        Simulator(state=tmp_path / "missing.json")


def test_exchange_info__may_be_dropped_in(tmp_path: Path) -> None:
    """Any file in exchangeInfo's form serves; one that is not says where it fails."""
    from conformance.simulator.market.loading import DEFAULT_EXCHANGE_INFO
    from conformance.simulator.market.symbol_row import ExchangeInfoError

    document = json.loads(DEFAULT_EXCHANGE_INFO.read_text())
    document["symbols"] = [{**document["symbols"][1], "symbol": "FOOUSDT", "pair": "FOOUSDT"}]
    path = tmp_path / "info.json"
    path.write_text(json.dumps(document))
    client = VenueClient(exchange_info=path)
    assert client.control.price("FOOUSDT") == 100
    client.order(symbol="FOOUSDT", quantity="1")
    del document["symbols"][0]["pricePrecision"]
    path.write_text(json.dumps(document))

    with pytest.raises(ExchangeInfoError, match=r"FOOUSDT.*pricePrecision"):
        VenueClient(exchange_info=path)


def test_options__are_checked() -> None:
    """Options that make no sense are refused with what is allowed."""
    with pytest.raises(ValueError, match="1 to 125"):
        Options(default_leverage=0)
    with pytest.raises(ValueError, match="positive decimal"):
        Options(prices={"BTCUSDT": "cheap"})
    assert VenueClient(Options(prices={"BTCUSDT": "12345.6"})).control.price("BTCUSDT") == Decimal("12345.6")
