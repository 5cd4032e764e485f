"""The wire's verifiers: what was asked of the venue, how often, and what it answered."""

from collections.abc import Callable
from typing import Any

import pytest

from conformance.binance.client_order_id import id_in, own_id
from conformance.history.entries import Answer, Control, FaultApplied, Frame, Request
from conformance.kit.failure import CheckError
from conformance.kit.wire import Wire
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
SOON_S = 0.02


@pytest.mark.parametrize(
    ("raw", "own"),
    [("x-aHRE4BCj-RSTOP-010-1", "STOP-010-1"), ("STOP-010-1", "STOP-010-1"), ("x-ray", "x-ray"), ("", "")],
)
def test_broker_prefix_is_taken_off(raw: str, own: str) -> None:
    """The id that 2.x sends for an explicit short id is the trader's own id again; other ids stay as they are."""
    assert own_id(raw) == own


@pytest.mark.parametrize("name", ["newClientOrderId", "clientAlgoId", "origClientOrderId"])
def test_id_is_found_under_each_of_its_names(name: str) -> None:
    """A request names its order by any of three parameters; one that is blank or absent names none."""
    assert id_in({name: "x-aHRE4BCj-RT-1"}) == "T-1"
    assert id_in({name: "", "symbol": "BTCUSDT"}) is None


async def test_one_returns_request_and_answer() -> None:
    """The only request of a route comes with its parameters, status and body."""
    script = Scripted().request(PLACE, newClientOrderId="T-1", side="BUY").answer(200, {"orderId": 7})
    exchange = await Wire(script.history).one(PLACE, newClientOrderId="T-1")
    assert (exchange.params["side"], exchange.status, exchange.answer) == ("BUY", 200, {"orderId": 7})


def test_requests_that_took_the_key_are_found_below_a_path() -> None:
    """What was asked there without a key, by the suite, or elsewhere with it is none of them."""
    script = Scripted()
    asked = [("/moved/a", "known", "trader"), ("/moved/b", "absent", "trader"), ("/moved/c", "known", "suite")]
    for number, (path, key, by) in enumerate([*asked, ("/fapi/v1/time", "known", "trader")], 1):
        script.history.append(Request(id=number, by=by, method="GET", path=path, api_key=key))

    assert [request.path for request in Wire(script.history).keyed_below("/moved")] == ["/moved/a"]


def test_what_was_asked_is_found_over_either_transport() -> None:
    """An operation names its requests over HTTP and the WS API, the Algo service's apart, from a moment on."""
    script = Scripted().request(PLACE, newClientOrderId="T-1").request("POST /fapi/v1/algoOrder", clientAlgoId="T-2")
    since = len(script.history)
    script.request("WS order.place", newClientOrderId="T-3")
    wire = Wire(script.history)

    assert [each.route for each in wire.asked("place order")] == [PLACE, "WS order.place"]
    assert [each.route for each in wire.asked("place stop")] == ["POST /fapi/v1/algoOrder"]
    assert [each.route for each in wire.asked("place", since=since)] == ["WS order.place"]


@pytest.mark.parametrize("sent", [PLACE, "WS order.place"])
async def test_one_and_none_count_an_operation_over_either_transport(sent: str) -> None:
    """What must be sent once or never is counted by what it does, whichever transport the trader takes."""
    script = Scripted().request(sent, newClientOrderId="T-1").answer(200, {"orderId": 7})
    wire = Wire(script.history)

    assert (await wire.one("place order", newClientOrderId="T-1")).route == sent
    wire.none("place stop")
    with pytest.raises(CheckError):
        wire.none("place order")


async def test_missing_field_is_a_broken_requirement() -> None:
    """A parameter or a field of the answer that is not there fails the case, in the same words in every run."""
    script = Scripted().request(PLACE, newClientOrderId="T-1").answer(200, {"orderId": 7, "fills": [{"id": 1}]})
    exchange = await Wire(script.history).one(PLACE)
    with pytest.raises(CheckError, match="required a field reduceOnly, seen the fields newClientOrderId") as failure:
        _ = exchange.params["reduceOnly"]
    assert failure.value.signature == f"no reduceOnly in {PLACE}"
    with pytest.raises(CheckError) as failure:
        _ = exchange.answer["clientOrderId"]
    assert failure.value.signature == f"no clientOrderId in the answer to {PLACE}"
    with pytest.raises(CheckError) as failure:
        _ = exchange.answer["fills"][0]["price"]
    assert failure.value.signature == f"no price in the answer to {PLACE}"
    assert "reduceOnly" not in exchange.params
    assert exchange.params.get("reduceOnly") is None


async def test_prefixed_id_is_the_same_order() -> None:
    """A case that asks for its order's id finds the request of a 2.x trader, too."""
    script = Scripted().request(PLACE, newClientOrderId="x-aHRE4BCj-RT-1").answer()
    assert await Wire(script.history).one(PLACE, newClientOrderId="T-1")


async def test_dropped_connection_is_an_exchange_without_answer() -> None:
    """A request whose connection was dropped has status 0 and no body."""
    exchange = await Wire(Scripted().request(PLACE).dropped().history).one(PLACE)
    assert (exchange.status, exchange.answer) == (0, None)


async def test_answers_find_their_requests() -> None:
    """Answers that come in another order than their requests still belong to them."""
    script = Scripted().request(PLACE, newClientOrderId="T-1").request(PLACE, newClientOrderId="T-2")
    for to, number in ((2, 200), (1, 429)):
        script.history.append(Answer(to=to, status=number))
    found = await Wire(script.history).exactly(2, PLACE)
    assert [(one.params["newClientOrderId"], one.status) for one in found] == [("T-1", 429), ("T-2", 200)]


async def test_missing_request_fails_and_names_the_nearest() -> None:
    """A request that was not made fails at the deadline, naming what was made on the same path."""
    script = Scripted().request("GET /fapi/v1/order", origClientOrderId="T-1").answer()
    with pytest.raises(CheckError, match=r"nearest: GET /fapi/v1/order") as failure:
        await Wire(script.history).one(PLACE, within_s=SOON_S, newClientOrderId="T-1")
    assert failure.value.signature == f"0 instead of 1 × {PLACE} newClientOrderId"


async def test_request_elsewhere_is_the_nearest() -> None:
    """With nothing on the same path, the latest requests are named: they show where the order went."""
    script = Scripted().request("POST /fapi/v1/algoOrder", clientAlgoId="T-1").answer()
    with pytest.raises(CheckError, match=r"nearest: POST /fapi/v1/algoOrder"):
        await Wire(script.history).one(PLACE, within_s=SOON_S)


async def test_silent_trader_is_said_to_be_silent() -> None:
    """A trader that asked nothing is told as such; the suite's own requests are not the trader's."""
    script = Scripted().request(PLACE, by="suite").answer()
    with pytest.raises(CheckError, match="the trader made no request at all"):
        await Wire(script.history).one(PLACE, within_s=SOON_S)


async def test_unanswered_request_is_waited_for() -> None:
    """A request without its answer is not complete: the verifier waits for both, and fails without."""
    with pytest.raises(CheckError):
        await Wire(Scripted().request(PLACE).history).one(PLACE, within_s=SOON_S)


async def test_second_request_is_one_too_many() -> None:
    """Two requests where one is required fail, with both counts in the signature and no id."""
    script = Scripted()
    for _ in range(2):
        script.request(PLACE, newClientOrderId="T-1").answer()
    with pytest.raises(CheckError) as failure:
        await Wire(script.history).one(PLACE, newClientOrderId="T-1")
    assert failure.value.signature == f"2 instead of 1 × {PLACE} newClientOrderId"
    assert "T-1" not in failure.value.signature


def test_forbidden_request_fails() -> None:
    """`none` fails for a request of the trader on that route, and for no other."""
    wire = Wire(Scripted().request(PLACE, side="BUY").answer().history)
    wire.none("DELETE /fapi/v1/order")
    wire.none(PLACE, side="SELL")
    with pytest.raises(CheckError) as failure:
        wire.none(PLACE)
    assert failure.value.signature == f"1 instead of 0 × {PLACE}"


async def test_frame_is_found_by_event_and_fields() -> None:
    """A frame is chosen by its event type and the fields of its order, prefixed ids among them."""
    script = Scripted().order_frame("NEW", "T-1").order_frame("NEW", "x-aHRE4BCj-RT-2").order_frame("FILLED", "T-2")
    record = await Wire(script.history).frame("ORDER_TRADE_UPDATE", c="T-2", x="NEW")
    assert record.seq == 1
    assert (await Wire(script.history).frame("ORDER_TRADE_UPDATE", since=2, c="T-2")).seq == 2


@pytest.mark.parametrize("data", ["pong", ["a"], {"e": "OTHER"}, {"data": "text"}])
async def test_missing_frame_fails_at_the_deadline(data: object) -> None:
    """Frames of any other shape are passed over; the failure says which frame was awaited."""
    script = Scripted()
    script.history.append(Frame(connection=1, channel="user", data=data))
    with pytest.raises(CheckError, match="frame ORDER_TRADE_UPDATE c=T-1 x=NEW") as failure:
        await Wire(script.history).frame("ORDER_TRADE_UPDATE", within_s=SOON_S, c="T-1", x="NEW")
    assert failure.value.signature == "no frame ORDER_TRADE_UPDATE c x=NEW"


CANCEL = "DELETE /fapi/v1/order"


def placed() -> Scripted:
    """An order that was sent once."""
    script = Scripted().command("submit", order={"client_order_id": "T-1"})
    return script.request(PLACE, newClientOrderId="T-1").answer()


async def test_what_was_required_once_is_required_still() -> None:
    """A second submit that comes after the look at the first is found when the case ends."""
    script = placed()
    wire = Wire(script.history)
    await wire.one(PLACE, newClientOrderId="T-1")
    wire.check_again()
    script.request(PLACE, newClientOrderId="T-1").answer()
    with pytest.raises(CheckError) as failure:
        wire.check_again()
    assert failure.value.signature == f"2 instead of 1 × {PLACE} newClientOrderId"


async def test_what_must_not_happen_must_not_happen_later() -> None:
    """A request that came after `none` had looked is found when the case ends, by the same signature."""
    script = placed()
    wire = Wire(script.history)
    wire.none(CANCEL)
    script.request(CANCEL, origClientOrderId="T-1").answer()
    with pytest.raises(CheckError) as failure:
        wire.check_again()
    assert failure.value.signature == f"1 instead of 0 × {CANCEL}"


def suite_cancels(script: Scripted) -> Scripted:
    """A change at the venue that the suite asked for."""
    return script.request("DELETE /fapi/v1/order", by="suite").answer()


def cut(script: Scripted) -> Scripted:
    """The suite cuts the user stream."""
    script.history.append(FaultApplied(what="abort streams", event="close", channel="user", connections=[1]))
    return script


def moved(script: Scripted) -> Scripted:
    """The suite moves the market."""
    script.history.append(Control(number=9, what="price moves"))
    return script


@pytest.mark.parametrize(
    "act",
    [
        lambda script: script.command("cancel", client_order_id="T-2"),
        lambda script: script.command("start", config={}),
        suite_cancels,
        cut,
        moved,
    ],
)
async def test_next_act_of_the_case_ends_what_names_no_order(act: Callable[[Scripted], Scripted]) -> None:
    """After the case has done something else, a request on the route may be rightly made."""
    script = placed()
    wire = Wire(script.history)
    wire.none(CANCEL)
    act(script).request(CANCEL, origClientOrderId="T-1").answer()
    wire.check_again()


@pytest.mark.parametrize("record", ["answer", "event", "question of the suite", "barrier"])
async def test_what_is_no_act_of_the_case_ends_nothing(record: str) -> None:
    """What the trader does and what the suite only asks is no excuse for a request."""
    script = placed()
    wire = Wire(script.history)
    wire.none(CANCEL)
    if record == "event":
        script.event("OrderAccepted")
    elif record == "question of the suite":
        script.request("GET /fapi/v1/openOrders", by="suite").answer()
    elif record == "barrier":
        script.request("POST /fapi/v1/leverage", by="suite").answer()
    script.request(CANCEL, origClientOrderId="T-1").answer()
    with pytest.raises(CheckError):
        wire.check_again()


@pytest.mark.parametrize(
    ("act", "excused"),
    [
        ({"op": "cancel", "client_order_id": "T-1"}, True),
        ({"op": "cancel_batch", "client_order_ids": ["T-2", "T-1"]}, True),
        ({"op": "cancel_all", "symbol": "BTCUSDT"}, True),
        ({"op": "cancel", "client_order_id": "T-2"}, False),
        ({"op": "submit", "order": {"client_order_id": "T-2"}}, False),
        ({"op": "query_account"}, False),
        ({"op": "start", "config": {}}, False),
    ],
)
async def test_named_order_is_excused_by_commands_about_it(act: dict[str, Any], excused: bool) -> None:
    """What names an order holds until the case commands something about this order or all of them."""
    script = placed()
    wire = Wire(script.history)
    wire.none(CANCEL, origClientOrderId="T-1")
    script.command(**act).request(CANCEL, origClientOrderId="T-1").answer()
    if excused:
        wire.check_again()
    else:
        with pytest.raises(CheckError):
            wire.check_again()


@pytest.mark.parametrize(("command", "excused"), [("cancel", False), ("submit", True)])
async def test_order_is_placed_once_whatever_follows(command: str, excused: bool) -> None:
    """No command about an order but its submission leads to another placement of it."""
    script = placed()
    wire = Wire(script.history)
    await wire.one(PLACE, newClientOrderId="T-1")
    script.command(command, client_order_id="T-1", order={"client_order_id": "T-1"})
    script.request(PLACE, newClientOrderId="T-1").answer()
    if excused:
        wire.check_again()
    else:
        with pytest.raises(CheckError):
            wire.check_again()


async def test_question_may_be_asked_again() -> None:
    """What was asked once may be asked once more at any time: a question changes nothing."""
    script = Scripted().request("GET /fapi/v1/openOrders").answer()
    wire = Wire(script.history)
    await wire.one("GET /fapi/v1/openOrders")
    script.request("GET /fapi/v1/openOrders").answer()
    wire.check_again()


async def test_failed_requirement_is_no_promise() -> None:
    """What failed where it was required is not required again."""
    wire = Wire(placed().history)
    with pytest.raises(CheckError):
        wire.none(PLACE)
    wire.check_again()
