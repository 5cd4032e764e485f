"""Every payload against the SDK's model: no type error, no field missing or unknown outside the allow-list."""

from typing import Any

import pytest

from conformance.simulator.inventory import inventory
from tests.clients.payloads.allowing import AllowList
from tests.clients.payloads.witness import Payloads
from tests.clients.sdk_models import EVENTS, MARKET_STREAMS, REST, WITHOUT_MODEL, WS_API, model_of
from tests.clients.strict import Difference, differences

BATCHES = ("POST /fapi/v1/batchOrders", "PUT /fapi/v1/batchOrders", "DELETE /fapi/v1/batchOrders")
FILTER_FIELDS = {
    "PRICE_FILTER": {"minPrice", "maxPrice", "tickSize"},
    "LOT_SIZE": {"minQty", "maxQty", "stepSize"},
    "MARKET_LOT_SIZE": {"minQty", "maxQty", "stepSize"},
    "MAX_NUM_ORDERS": {"limit"},
    "MIN_NOTIONAL": {"notional"},
    "PERCENT_PRICE": {"multiplierUp", "multiplierDown", "multiplierDecimal"},
    "POSITION_RISK_CONTROL": {"positionControlSide"},
}


def is_refusal(item: Any) -> bool:
    """Return whether an item of a batch was refused."""
    return isinstance(item, dict) and "code" in item


def found_in(payloads: Payloads, row: str, allowed: AllowList) -> set[Difference]:
    """Return what differs on a row and is not allowed."""
    model = model_of(row)
    found: set[Difference] = set()
    for payload in payloads.by_row[row]:
        if allowed.replaces(row, payload):
            continue
        if row.endswith("@arr"):
            assert isinstance(payload, list), f"{row} is a stream of arrays, got {payload}"
            found |= {difference for item in payload for difference in differences(model, item)}
            continue
        looked_at = [item for item in payload if not is_refusal(item)] if row in BATCHES else payload
        found |= {difference for difference in differences(model, looked_at) if not allowed.has(row, difference)}
    if row in EVENTS:
        # The SDK tells events apart by `e` and then drops it: no event model declares it.
        found.discard(Difference("unknown", "e"))
    return found


@pytest.mark.parametrize("row", [*REST, *WS_API, *EVENTS, *MARKET_STREAMS])
def test_payloads__are_as_the_sdk_declares_them(payloads: Payloads, row: str) -> None:
    """Whatever the simulator sends on this row has the fields and types that Binance's SDK declares."""
    assert payloads.by_row[row], f"the tour never comes by {row}"

    assert found_in(payloads, row, AllowList.read()) == set()


def test_allow_list__holds_what_is_needed_and_no_more(payloads: Payloads) -> None:
    """Every entry of the allow-list allows something: one that does not has outlived its reason."""
    allowed = AllowList.read()
    for row in (*REST, *WS_API, *EVENTS, *MARKET_STREAMS):
        found_in(payloads, row, allowed)

    assert allowed.unneeded() == []


def test_inventory__is_checked_or_has_a_reason(payloads: Payloads) -> None:
    """Every endpoint, method and event of the simulator has a model, or a reason why not, and was really sent."""
    rows = {entry.name for entry in inventory()}
    known = {*REST, *WS_API, *EVENTS, *WITHOUT_MODEL}

    assert rows == known
    sent = {row.removeprefix("WS ") for row in payloads.by_row}
    assert rows - sent == set()


@pytest.mark.parametrize("row", BATCHES)
def test_batches__refuse_items_by_code_and_message_alone(payloads: Payloads, row: str) -> None:
    """A refused item of a batch is {"code", "msg"}, an integer and a string, and stands among the others."""
    items = [item for payload in payloads.by_row[row] for item in payload]
    refused = [item for item in items if is_refusal(item)]

    assert 0 < len(refused) < len(items)
    for item in refused:
        assert item.keys() == {"code", "msg"}
        assert (type(item["code"]), type(item["msg"])) == (int, str)


def test_filters__have_the_fields_of_their_kind(payloads: Payloads) -> None:
    """Each filter of exchangeInfo has the fields of its kind (section 15), all but `limit` as strings."""
    filters = [
        one
        for answer in payloads.by_row["GET /fapi/v1/exchangeInfo"]
        for symbol in answer["symbols"]
        for one in symbol["filters"]
    ]

    assert {one["filterType"] for one in filters} == FILTER_FIELDS.keys()
    for one in filters:
        assert one.keys() == {"filterType"} | FILTER_FIELDS[one["filterType"]]
        assert all(isinstance(value, int if name == "limit" else str) for name, value in one.items())


def _states(payloads: Payloads, row: str, *path: str) -> set[Any]:
    found = set()
    for value in payloads.by_row[row]:
        for key in path:
            value = value[key]  # noqa: PLW2901
        found.add(value)
    return found


def test_tour__meets_every_state_that_changes_a_shape(payloads: Payloads) -> None:
    """The events looked at come in every state: what was never sent was never checked."""
    assert _states(payloads, "ORDER_TRADE_UPDATE", "o", "x") == {
        "NEW",
        "TRADE",
        "CANCELED",
        "EXPIRED",
        "AMENDMENT",
        "CALCULATED",
    }
    assert _states(payloads, "ORDER_TRADE_UPDATE", "o", "X") == {
        "NEW",
        "PARTIALLY_FILLED",
        "FILLED",
        "CANCELED",
        "EXPIRED",
        "EXPIRED_IN_MATCH",
    }
    assert _states(payloads, "ORDER_TRADE_UPDATE", "o", "m") == {True, False}
    assert _states(payloads, "ORDER_TRADE_UPDATE", "o", "ps") == {"BOTH", "LONG", "SHORT"}
    assert _states(payloads, "ORDER_TRADE_UPDATE", "o", "N") == {"USDT", "BNB"}
    assert _states(payloads, "ALGO_UPDATE", "o", "X") == {
        "NEW",
        "TRIGGERING",
        "TRIGGERED",
        "FINISHED",
        "CANCELED",
        "EXPIRED",
        "REJECTED",
    }
    assert _states(payloads, "ALGO_UPDATE", "o", "ia") == {True, False}
    assert _states(payloads, "ACCOUNT_UPDATE", "a", "m") >= {
        "ORDER",
        "FUNDING_FEE",
        "DEPOSIT",
        "WITHDRAW",
        "MARGIN_TRANSFER",
        "MARGIN_TYPE_CHANGE",
    }
    assert any("ac" in event for event in payloads.by_row["ACCOUNT_CONFIG_UPDATE"])
    assert any("ai" in event for event in payloads.by_row["ACCOUNT_CONFIG_UPDATE"])
