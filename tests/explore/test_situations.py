"""Situations that a history has reached."""

from conformance.explore.coverage import by_fault, by_first, by_state
from conformance.explore.situations import Situation, situations
from conformance.history.entries import Answer, AskedOrder, Command, Event, FaultApplied, Frame, Request
from conformance.history.history import History


def told(name: str) -> Frame:
    """Return a frame about an order."""
    return Frame(connection=1, channel="user", data={"e": name, "E": 1, "T": 1, "o": {"s": "BTCUSDT", "c": "PRG-a"}})


def submitted(history: History) -> None:
    """Have an order submitted, and its answer come before its event."""
    history.append(Command(n=1, op="submit", order=AskedOrder(client_order_id="PRG-a")))
    history.append(Event(name="OrderSubmitted", client_order_id="PRG-a"))
    history.append(Request(id=5, by="trader", method="POST", path="/fapi/v1/order"))
    history.append(Answer(to=5, status=200))
    history.append(told("ORDER_TRADE_UPDATE"))
    history.append(Event(name="OrderAccepted", client_order_id="PRG-a"))


def test_command_meets_state_and_order_of_news() -> None:
    """A situation has the order's state when the command came, and whether answer or event came first."""
    history = History()
    submitted(history)
    history.append(Command(n=2, op="cancel", client_order_id="PRG-a"))
    history.append(Request(id=6, by="trader", method="DELETE", path="/fapi/v1/order"))
    history.append(told("ORDER_TRADE_UPDATE"))
    history.append(Answer(to=6, status=200))
    assert list(situations(history)) == [
        Situation("submit", "(new)", "none", "answer"),
        Situation("cancel", "ACCEPTED", "none", "event"),
    ]


def test_fault_belongs_to_the_command_before_it() -> None:
    """What was done to a request is part of the situation of its command."""
    history = History()
    submitted(history)
    history.append(Command(n=2, op="modify", client_order_id="PRG-a"))
    history.append(Request(id=6, by="trader", method="PUT", path="/fapi/v1/order"))
    history.append(FaultApplied(what="drop", to=6, processed=True))
    history.append(Answer(to=6, ended="dropped"))
    assert list(situations(history))[1] == Situation("amend", "ACCEPTED", "drop done", "nothing")


def test_stop_is_triggered_by_the_venues_word() -> None:
    """A stop whose order rests in the book is TRIGGERED, though a strategy has it accepted."""
    history = History()
    submitted(history)
    order = {"caid": "PRG-a", "aid": 7, "X": "TRIGGERED", "s": "BTCUSDT"}
    history.append(Frame(connection=1, channel="user", data={"e": "ALGO_UPDATE", "E": 1, "T": 1, "o": order}))
    history.append(Command(n=2, op="cancel", client_order_id="PRG-a"))
    assert [each.state for each in situations(history)] == ["(new)", "TRIGGERED"]


def test_tables_count_and_name_what_was_never_reached() -> None:
    """The tables count situations by two of their parts; a new order can only be submitted."""
    reached = {
        Situation("cancel", "ACCEPTED", "none", "answer"): 2,
        Situation("cancel", "FILLED", "drop", "nothing"): 1,
    }
    table = by_state(reached)
    assert table.counts["cancel", "ACCEPTED"] == 2
    assert ("cancel", "(new)") not in table.never
    assert ("submit", "(new)") in table.never
    assert by_fault(reached).columns == ["none", "drop"]
    assert by_first(reached).counts["cancel", "nothing"] == 1
