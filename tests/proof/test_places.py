"""Where an adapter can be wrong on the wire is read from what a history shows."""

from conformance.proof.wire.inert import Inert
from conformance.proof.wire.places import Place, lists
from conformance.proof.wire.wire_mutants import may_be_called, wire_mutants

ROUTE = "GET /fapi/v1/userTrades"


def test_a_list_is_a_place_where_it_has_several_rows() -> None:
    """Of one row nothing tells whether the first or the last is missed; lists of words are no rows."""
    assert list(lists([{"id": 1}, {"id": 2}])) == ["[]"]
    assert list(lists({"symbols": [{"filters": [{"a": 1}, {"b": 2}]}]})) == ["symbols[].filters[]"]
    assert list(lists([{"id": 1}])) == []
    assert list(lists({"orderTypes": ["LIMIT", "MARKET"]})) == []


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
