"""The sequence diagram: each step goes from whom to whom it went, and the same steps of two versions stand abreast."""

from conformance.history.entries import (
    Answer,
    AskedOrder,
    Command,
    Entry,
    Event,
    FailedCheck,
    FaultApplied,
    Frame,
    Note,
    Request,
    Snapshot,
)
from conformance.history.history import History
from conformance.report.sequence import LONGEST, Lane, Row, Step, aligned, shortened, steps_of


def steps(*entries: Entry) -> list[Step]:
    """Return the steps of these entries."""
    history = History(clock=lambda: 0)
    for entry in entries:
        history.append(entry)
    return steps_of(history)


def order(number: int = 1, prefix: str = "") -> Request:
    """Return the request that places order A-1."""
    params = {"newClientOrderId": f"{prefix}A-1", "type": "LIMIT", "timeInForce": "GTC"}
    return Request(id=number, by="trader", method="POST", path="/fapi/v1/order", params=params)


def test_arrows_go_from_whom_to_whom() -> None:
    """A command comes from the strategy, a request goes to the venue, an event comes back to the strategy."""
    found = steps(
        Command(n=1, op="submit", order=AskedOrder(client_order_id="A-1", type="LIMIT")),
        order(),
        Answer(to=1, status=200, body={"orderId": 7}),
        Frame(connection=1, channel="user", data={"e": "ORDER_TRADE_UPDATE", "o": {"c": "A-1", "X": "NEW"}}),
        Event(name="OrderAccepted", client_order_id="A-1"),
        Snapshot(who="venue"),
    )
    assert [(each.start, each.end) for each in found] == [
        (Lane.STRATEGY, Lane.TRADER),
        (Lane.TRADER, Lane.VENUE),
        (Lane.VENUE, Lane.TRADER),
        (Lane.VENUE, Lane.TRADER),
        (Lane.TRADER, Lane.STRATEGY),
        (Lane.VENUE, Lane.VENUE),
    ]
    assert found[1].title == "#1 POST /fapi/v1/order"
    assert found[1].fields == "newClientOrderId=A-1 type=LIMIT timeInForce=GTC"


def test_a_fault_ends_an_arrow_at_the_gateway() -> None:
    """A request that never reached the venue, and an answer that the venue never gave, end and begin at the gateway."""
    sent, fault, answer = steps(
        order(),
        FaultApplied(what="answer", to=1, processed=False),
        Answer(to=1, status=503, body={"code": -1000}, source="fault"),
    )
    assert (sent.end, fault.start, answer.start) == (Lane.GATEWAY, Lane.GATEWAY, Lane.GATEWAY)


def test_the_same_steps_stand_abreast() -> None:
    """Numbers of requests and a version's own prefix of ids align; what only one side did stands alone."""
    rows = aligned(
        steps(order(3), Event(name="OrderAccepted", client_order_id="A-1")),
        steps(order(9), Note(text="x"), Event(name="OrderAccepted", client_order_id="A-1")),
    )
    assert [row.differs for row in rows] == [False, True, False]
    assert rows[1].baseline is None


def test_the_failed_check_is_never_left_out() -> None:
    """A long diagram keeps the end of what went wrong, and says how much is missing."""
    long = [Note(text=str(number)) for number in range(LONGEST * 2)]
    rows = aligned([], steps(*long, FailedCheck(about="order"), *long))
    kept, left_out = shortened(rows)
    assert len(kept) + left_out == len(rows)
    assert any(row.candidate and row.candidate.kind == "check" for row in kept)
    assert len(kept) <= LONGEST
    assert shortened([]) == ([], 0)
    assert not Row(None, None).baseline
