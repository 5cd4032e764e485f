"""The strict comparison itself, and the trap that it stays out of."""

import pytest

from tests.clients.payloads.allowing import AllowList
from tests.clients.payloads.witness import Payloads
from tests.clients.sdk_models import model_of
from tests.clients.strict import Difference, differences


@pytest.fixture
def order(payloads: Payloads) -> dict[str, object]:
    """An answer to a query."""
    return dict(payloads.by_row["GET /fapi/v1/order"][0])


def test_types__are_strict(order: dict[str, object]) -> None:
    """A number in place of a string, or the reverse, is a difference, though the SDK's client would bear it."""
    order |= {"orderId": str(order["orderId"]), "price": 49000}

    found = {(one.kind, one.path) for one in differences(model_of("GET /fapi/v1/order"), order)}

    assert {("type", "orderId"), ("type", "price")} <= found


def test_types__are_strict_deep_inside(payloads: Payloads) -> None:
    """So it is inside of lists inside of results."""
    frame = payloads.by_row["account.status"][0]
    row = {**frame["result"]["positions"][0], "updateTime": "0"}
    frame = {**frame, "result": {**frame["result"], "positions": [row]}}

    found = differences(model_of("account.status"), frame)

    assert [(one.kind, one.path) for one in found] == [("type", "result.positions[].updateTime")]


def test_fields__missing_and_unknown_are_found(order: dict[str, object]) -> None:
    """A field left out, and one that nobody declared, are differences, though every field is optional to the SDK."""
    del order["status"]
    order["colour"] = "red"

    found = differences(model_of("GET /fapi/v1/order"), order)

    assert Difference("missing", "status") in found
    assert Difference("unknown", "colour") in found


def test_lists__in_place_of_one_are_found(payloads: Payloads) -> None:
    """A list where one answer is declared is a difference, and the reverse."""
    one = payloads.by_row["GET /fapi/v1/order"][0]

    assert differences(model_of("GET /fapi/v1/order"), [one])[0].kind == "type"
    assert differences(model_of("GET /fapi/v1/allOrders"), one)[0].kind == "type"


def test_models__cannot_be_loosened() -> None:
    """The SDK's way of making a model lenient is barred in these tests."""
    import binance_common.utils

    with pytest.raises(AssertionError, match="without loosening its types"):
        binance_common.utils.relax_model_strictness(model_of("GET /fapi/v1/order"))


def test_allow_list__refuses_an_entry_without_a_reason(tmp_path: object) -> None:
    """An entry must say where, what and why."""
    from pathlib import Path

    file = Path(str(tmp_path)) / "allowed.yaml"
    file.write_text("- rows: [depth]\n  missing: [bids]\n")

    with pytest.raises(ValueError, match="rows, why"):
        AllowList.read(file)
