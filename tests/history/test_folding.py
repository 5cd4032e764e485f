"""Folding: chatter is a line together, and nothing that may explain a failure disappears in one."""

from conformance.history.books import PositionRow
from conformance.history.entries import (
    Answer,
    Command,
    Connection,
    Control,
    Entry,
    Event,
    FailedCheck,
    Frame,
    Note,
    Reply,
    Request,
    Snapshot,
)
from conformance.history.folding import Fold, WaitBegins, folded
from conformance.history.history import History


def start(*between: Entry) -> list[Entry]:
    """Return a trader's start with these entries in it."""
    return [
        Command(n=1, op="start"),
        Request(id=1, by="trader", method="GET", path="/fapi/v1/exchangeInfo"),
        Answer(to=1, status=200, body={}),
        Connection(id=1, channel="user", state="open"),
        *between,
        Reply(n=1, ok=True),
    ]


def told(*entries: Entry) -> list[str]:
    """Return what a reader sees, by kind."""
    history = History()
    for entry in entries:
        history.append(entry)
    return [each.what if isinstance(each, Fold) else type(each).__name__ for each in folded(history.entries)]


def test_a_plain_start_is_one_line() -> None:
    """What every start does is told in one line, with how much it was."""
    assert told(*start(), Note(text="x")) == ["start-up: 1 requests, all answered; 1 streams opened", "Note"]


def test_what_is_unusual_in_a_start_is_told() -> None:
    """A refused question and an order's event stand by themselves, and so does all of a start that fails."""
    assert "Answer" in told(*start(Answer(to=1, status=429, body={"code": -1003})))
    assert "Event" in told(*start(Event(name="OrderFilled", client_order_id="A-1")))
    assert told(Command(n=1, op="start"), Reply(n=1, error="no")) == ["Command", "Reply"]


def test_what_a_strategy_does_as_it_starts_is_told() -> None:
    """From the word that it has started on nothing is routine, though the start goes on."""
    placed = Request(id=2, by="trader", method="POST", path="/fapi/v1/order")
    lines = told(*start(Event(name="Started", acts=[1]), placed, Answer(to=2, status=200, body={})))
    assert lines == ["start-up: 1 requests, all answered; 1 streams opened", "Event", "Request", "Answer"]


def test_a_start_on_something_prepared_is_told_whole() -> None:
    """Where a case has made orders at the venue before, the start is what it is about."""
    order = Request(id=9, by="suite", method="POST", path="/fapi/v1/order")
    assert told(order, *start())[1:3] == ["Command", "Request"]
    assert "Command" in told(Control(number=9, what="price moves"), *start())


def test_the_suite_s_own_questions_and_market_data_fold() -> None:
    """The suite's looks, its barrier and market data are a line each; its orders, and refusals, are told."""
    assert told(
        Request(id=2, by="suite", method="GET", path="/fapi/v1/openOrders"),
        Answer(to=2, by="suite", status=200, body=[]),
        Request(id=3, by="suite", method="POST", path="/fapi/v1/leverage"),
        Answer(to=3, by="suite", status=200, body={}),
        Frame(connection=1, channel="user", data={"e": "ACCOUNT_CONFIG_UPDATE"}),
        Frame(connection=2, channel="market", data={"e": "bookTicker"}),
        Request(id=4, by="suite", method="POST", path="/fapi/v1/order"),
        Answer(to=4, by="suite", status=400, body={"code": -2019}),
        Connection(id=2, channel="market", state="closed"),
    ) == [
        "the suite looks at the venue: 1 questions, answered",
        "the suite makes sure that the trader has heard all so far",
        "market data: 1 frames",
        "Request",
        "Answer",
        "Connection",
    ]


def test_looks_that_show_nothing_new_fold_together() -> None:
    """Who waits until the venue's books agree looks many times: the first look is told, and what changes."""
    look = [Request(id=2, by="suite", method="GET", path="/fapi/v1/openOrders"), Answer(to=2, by="suite", status=200)]
    empty, filled = Snapshot(who="venue"), Snapshot(who="venue", positions=[PositionRow(symbol="B", signed_qty="1")])
    assert told(*look, empty, *look, empty, *look, empty, *look, filled) == [
        "the suite looks at the venue: 1 questions, answered",
        "Snapshot",
        "the suite looks at the venue: 3 questions, answered",
        "Snapshot",
    ]


def test_the_failed_check_and_the_beginning_of_its_wait_are_lines() -> None:
    """A reader sees from where on the case waited, and where it gave up; the clearing away after it folds."""
    assert told(
        Note(text="before"),
        Note(text="meanwhile"),
        FailedCheck(about="order", required="FILLED", seen="ACCEPTED", began=1),
        Command(n=5, op="stop"),
        Connection(id=1, channel="user", state="closed"),
    ) == ["Note", WaitBegins.__name__, "Note", "FailedCheck", "the trader is stopped, its streams close"]


def test_a_wait_with_nothing_after_it_begins_at_the_check() -> None:
    """Where nothing came any more, the wait begins right before the check that ended it."""
    assert told(Note(text="x"), FailedCheck(about="order", began=1)) == ["Note", "WaitBegins", "FailedCheck"]
