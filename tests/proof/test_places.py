"""Where an adapter can be wrong on the wire is read from what a history shows."""

from conformance.proof.wire.inert import Inert
from conformance.proof.wire.places import Place, lists, places
from conformance.proof.wire.wire_mutants import may_be_called, wire_mutants
from tests.invariants.histories import Scripted

ROUTE = "GET /fapi/v1/userTrades"


def test_a_list_is_a_place_where_it_has_several_rows() -> None:
    """Of one row nothing tells whether the first or the last is missed; lists of words are no rows."""
    assert list(lists([{"id": 1}, {"id": 2}])) == ["[]"]
    assert list(lists({"symbols": [{"filters": [{"a": 1}, {"b": 2}]}]})) == ["symbols[].filters[]"]
    assert list(lists([{"id": 1}])) == []
    assert list(lists({"orderTypes": ["LIMIT", "MARKET"]})) == []


def test_words_of_a_list_are_no_place() -> None:
    """Of an answer, a frame or an event a list of words is neither a value to alter nor rows to pass over."""
    script = Scripted().request("GET /fapi/v1/exchangeInfo").answer(200, {"orderTypes": ["LIMIT", "MARKET"]})
    script.frame({"e": "ACCOUNT_UPDATE", "words": ["A", "B"]}).event("OrderFilled", acts=[1, 2])

    found = places(script.history)

    assert Place("event", "OrderFilled") in found
    assert [str(each) for each in found if each.field.endswith("[]")] == []


def test_of_an_answers_rows_the_first_or_the_last_is_passed_over() -> None:
    """A list is cut at either end; a value of its rows is altered."""
    found = wire_mutants([Place("answer", ROUTE, "[]"), Place("answer", ROUTE, "[].id")], Inert())

    assert [each.id for each in found] == [
        f"answer {ROUTE} [] cut after",
        f"answer {ROUTE} [] cut before",
        f"answer {ROUTE} [].id altered",
    ]
    assert all(may_be_called(each.id) for each in found)
    assert not may_be_called("request POST /fapi/v1/order cut after")
