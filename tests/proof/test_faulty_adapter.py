"""A faulty adapter does its one thing wrong, always, and leaves everything else as it is."""

import json
from urllib.parse import parse_qsl

import pytest

from conformance.binance.account import Account
from conformance.gateway.answer import Answer, Hung, scripted
from conformance.gateway.trader_side import Sent
from conformance.proof.wire.alteration import altered
from conformance.proof.wire.faulty_adapter import FaultyAdapter
from conformance.proof.wire.places import Place, Way
from conformance.proof.wire.wire_mutants import Act, WireMutant

ACCOUNT = Account("key", secret="secret")
ROUTE = "POST /fapi/v1/order"
QUERY = "symbol=BTCUSDT&side=BUY&timestamp=1&signature="
FILL = {"e": "ORDER_TRADE_UPDATE", "E": 1, "o": {"x": "TRADE", "S": "BUY", "l": "0.010"}}


def adapter(way: Way, of: str, act: Act, field: str = "") -> FaultyAdapter:
    """Return an adapter with one fault."""
    return FaultyAdapter(WireMutant(Place(way, of, field), act), ACCOUNT)


def an_order(query: str = QUERY, body: str = "") -> Sent:
    """Return an order as a sound adapter sends it."""
    unsigned = query.removesuffix("&signature=")
    return Sent("POST", f"/fapi/v1/order?{unsigned}&signature={ACCOUNT.sign(unsigned)}", body.encode(), "key")


def params(sent: Sent) -> dict[str, str]:
    """Return a request's parameters."""
    return dict(parse_qsl(sent.target.partition("?")[2]))


@pytest.mark.parametrize(("act", "side"), [("dropped", None), ("changed", "SELL")])
def test_a_field_is_wrong_and_the_request_signed(act: Act, side: str | None) -> None:
    """What a faulty adapter sends is signed as it is sent, so that the venue judges the field and not the signature."""
    faulty = adapter("request", ROUTE, act, "side")

    (sent,) = faulty.sends(an_order())

    assert params(sent).get("side") == side
    signed, _, signature = sent.target.partition("?")[2].rpartition("&signature=")
    assert ACCOUNT.verify(signed, signature)
    assert faulty.met


def test_a_request_without_the_field_passes_as_it_is() -> None:
    """A request of another route, or without the field, goes out byte for byte."""
    faulty = adapter("request", ROUTE, "changed", "stopPrice")

    assert faulty.sends(an_order()) == (an_order(),)
    assert not faulty.met


def test_a_request_is_sent_twice_or_never() -> None:
    """Sent twice it is the same request; never sent the trader waits, or gets what it would take for done."""
    assert adapter("request", ROUTE, "sent twice").sends(an_order()) == (an_order(), an_order())

    swallowing, pretending = adapter("request", ROUTE, "swallowed"), adapter("request", ROUTE, "pretended")
    assert swallowing.sends(an_order()) == ()
    assert swallowing.without_sending(an_order()) == Hung()
    answer = pretending.without_sending(an_order())
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body["side"], answer.body["status"]) == (200, "BUY", "NEW")


def test_an_answer_is_misread_in_every_row() -> None:
    """A field of an answer is wrong in each row that has it, and nowhere else."""
    read = Sent("GET", "/fapi/v1/openOrders?symbol=BTCUSDT", b"")
    genuine = scripted(200, [{"side": "BUY", "price": "1.0"}, {"side": "SELL"}])

    heard = adapter("answer", "GET /fapi/v1/openOrders", "altered", "[].side").hears(read, genuine)

    assert heard.body == [{"side": "SELL", "price": "1.0"}, {"side": "BUY"}]


@pytest.mark.parametrize(
    ("act", "field", "body", "heard"),
    [
        ("cut before", "[]", [{"id": 1}, {"id": 2}, {"id": 3}], [{"id": 2}, {"id": 3}]),
        ("cut after", "[]", [{"id": 1}, {"id": 2}, {"id": 3}], [{"id": 1}, {"id": 2}]),
        ("cut after", "of[].rows[]", {"of": [{"rows": [1, 2]}, {"rows": [3]}]}, {"of": [{"rows": [1]}, {"rows": [3]}]}),
    ],
)
def test_of_several_rows_one_is_passed_over(act: Act, field: str, body: object, heard: object) -> None:
    """An adapter that misses one row of an answer misses the first or the last of several, and no only one."""
    read = Sent("GET", "/fapi/v1/userTrades?symbol=BTCUSDT", b"")
    faulty = adapter("answer", "GET /fapi/v1/userTrades", act, field)

    assert faulty.hears(read, scripted(200, body)).body == heard
    assert faulty.met


def test_an_only_row_is_not_passed_over() -> None:
    """With one row there is no first and no last to miss: the mutant has not come by."""
    faulty = adapter("answer", "GET /fapi/v1/userTrades", "cut before", "[]")

    assert faulty.hears(Sent("GET", "/fapi/v1/userTrades", b""), scripted(200, [{"id": 1}])).body == [{"id": 1}]
    assert not faulty.met


@pytest.mark.parametrize("of", ["ORDER_TRADE_UPDATE/TRADE", "ORDER_TRADE_UPDATE"])
def test_a_frame_is_hidden_or_doubled(of: str) -> None:
    """A frame is chosen by its event, or by what it tells of an order."""
    text = json.dumps(FILL)

    assert adapter("frame", of, "hidden").hears_text(text) == ()
    assert adapter("frame", of, "doubled").hears_text(text) == (text, text)
    assert adapter("frame", "ORDER_TRADE_UPDATE/NEW", "hidden").hears_text(text) == (text,)


def test_a_frame_is_altered_in_its_envelope() -> None:
    """A combined stream's envelope stays around what is altered."""
    (heard,) = adapter("frame", "ORDER_TRADE_UPDATE", "altered", "o.S").hears_text(
        json.dumps({"stream": "key", "data": FILL})
    )

    assert json.loads(heard) == {"stream": "key", "data": {**FILL, "o": {**FILL["o"], "S": "SELL"}}}  # type: ignore[dict-item]


def test_an_event_of_the_trader_is_hidden_doubled_or_altered() -> None:
    """What the trader tells of itself can be wrong too."""
    event = {"event": "OrderFilled", "last_qty": "0.010"}

    assert adapter("event", "OrderFilled", "hidden").tells(event) == ()
    assert adapter("event", "OrderFilled", "doubled").tells(event) == (event, event)
    assert adapter("event", "OrderFilled", "altered", "last_qty").tells(event) == ({**event, "last_qty": "0.020"},)


@pytest.mark.parametrize("value", ["BUY", "0.010", "0", "0.0", "12", "true", "False", "X-1X", "GTC", True, 7, 1.5])
def test_another_value_is_another(value: object) -> None:
    """Whatever is altered differs, and stays of its kind."""
    assert altered(value) != value
    assert type(altered(value)) is type(value)


def test_another_time_is_another_second() -> None:
    """The venue keeps a date in whole seconds: a millisecond more is the same date to it."""
    assert altered("1795725455811") == "1795725515811"


def test_a_sentence_with_a_code_of_the_venues_has_another() -> None:
    """What a trader reads of a refusal is its code: the end of the sentence may be a bracket. Names have no codes."""
    assert altered("code=-2011 msg=Unknown order sent.") == "code=-2012 msg=Unknown order sent."
    assert altered("{'code': -4164, 'msg': 'x'}") == "{'code': -4165, 'msg': 'x'}"
    assert altered("LMT-010-1") == "LMT-010-X"
    assert altered("O-20261125-093000-001-001-1") == "O-20261125-093000-001-001-X"


def test_a_time_is_a_minute_later_whether_it_is_written_as_a_number_or_as_text() -> None:
    """The venue keeps whole seconds of a date: a millisecond more would change nothing."""
    assert altered(1795785878000) == 1795785938000
    assert altered("1795785878000") == "1795785938000"
    assert altered(8389766079988521101) == 8389766079988521102
