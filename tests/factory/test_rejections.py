"""Rejections: every code and every version's wording leads to a category and to advice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import factory
from factory import explain_rejection

TABLE: dict[str, Any] = json.loads(Path(factory.__file__).with_name("rejections.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "wording",
    [
        -2019,
        "-2019",
        "{'code': -2019, 'msg': 'Margin is insufficient.'}",
        '{"code":-2019,"msg":"Margin is insufficient."}',
        "code=-2019: Margin is insufficient.",
        "submit-order-error: Binance error -2019: Margin is insufficient.",
        "submit-order-error: Binance error -2019 (HTTP 400): Margin is insufficient.",
    ],
)
def test_every_wording_of_a_code_leads_to_the_same_explanation(wording: str | int) -> None:
    """1.x, 2.x over HTTP, 2.x over WebSocket and a bare code are one rejection."""
    explained = explain_rejection(wording)

    assert (explained.code, explained.name) == (-2019, "MARGIN_NOT_SUFFICIEN")
    assert explained.category == "insufficient_margin"
    assert explained.retryable is False
    assert "margin" in explained.what_to_do


@pytest.mark.parametrize("code", sorted(TABLE["codes"]))
def test_every_code_of_the_table_is_explained(code: str) -> None:
    """Every listed code has a name, a category that exists, and its advice."""
    explained = explain_rejection(int(code))

    assert explained.code == int(code)
    assert explained.name == TABLE["codes"][code]["name"]
    advice = TABLE["categories"][explained.category]
    assert (explained.retryable, explained.what_to_do) == (advice["retryable"], advice["what_to_do"])


@pytest.mark.parametrize(
    ("reason", "category", "retryable"),
    [
        (-1003, "rate_limited", True),
        (-1008, "rate_limited", True),
        (-1015, "rate_limited", True),
        (-1121, "invalid_symbol", False),
        (-4014, "invalid_order", False),
        (-4164, "invalid_order", False),
        (-2021, "would_trigger_immediately", False),
        (-5022, "post_only_would_take", True),
        (-1000, "fate_unknown", False),
        (-1006, "fate_unknown", False),
        (-1007, "fate_unknown", False),
        (-2022, "reduce_only_rejected", False),
        (-4116, "duplicate_order_id", False),
        (-2015, "authentication", False),
        (-1021, "clock_skew", True),
        (-4120, "wrong_endpoint", False),
        (-4061, "position_mode", False),
        (-2011, "unknown_order", False),
        (429, "rate_limited", True),
        (418, "rate_limited", True),
        (503, "fate_unknown", False),
        ("HTTP 408: timeout", "fate_unknown", False),
        ("status code: 502 <html>", "fate_unknown", False),
        ("Service Unavailable. (HTTP 503)", "venue_unavailable", True),
        ("Unknown error, please check your request or try again later.", "fate_unknown", False),
        ("Order would immediately trigger.", "would_trigger_immediately", False),
        ("UNKNOWN", "fate_unknown", False),
        ("INFLIGHT_TIMEOUT", "fate_unknown", False),
        ("error sending request: connection reset by peer", "fate_unknown", False),
        ("tcp connect error: Connection refused (os error 111)", "network", True),
        ("Exceeded MAX_ORDER_SUBMIT_RATE", "denied_locally", False),
        ("NOTIONAL_EXCEEDS_FREE_BALANCE: free=-1121 USDT, balance_impact=3", "insufficient_margin", False),
        ("Instrument for BTCUSDT-PERP.BINANCE not found", "denied_locally", False),
    ],
)
def test_categories_and_retries(reason: str | int, category: str, retryable: bool) -> None:
    """What a trading system acts on: the category, and whether sending again is safe and can help."""
    explained = explain_rejection(reason)

    assert (explained.category, explained.retryable) == (category, retryable)


@pytest.mark.parametrize("reason", [None, "", "something new", "O-20261007-1121-001-1", -9999, "code=-9999: new"])
def test_the_unknown_is_explained_with_caution(reason: Any) -> None:
    """What nobody listed is not retried, and its order is taken to be possibly alive."""
    explained = explain_rejection(reason)

    assert (explained.category, explained.retryable) == ("unknown", False)
    assert "query it" in explained.what_to_do
    assert explained.name is None


def test_an_unlisted_code_is_kept() -> None:
    """The number is worth showing even where its meaning is not known, and texts do not overrule it."""
    assert explain_rejection("code=-9999: Margin is insufficient.").code == -9999
    assert explain_rejection("code=-9999: Margin is insufficient.").category == "unknown"


@pytest.mark.parametrize(
    "category", sorted(name for name in TABLE["categories"] if "unknown" in name and "order" not in name)
)
def test_an_unknown_fate_is_never_retryable(category: str) -> None:
    """Sending again while the first may live makes two orders."""
    assert TABLE["categories"][category]["retryable"] is False


def test_the_explanation_repeats_nothing_of_the_reason(no_secret: Callable[[str], None]) -> None:
    """A transport error's text can hold the signed URL; the explanation does not."""
    reason = "error sending request for url (https://fapi.binance.com/fapi/v1/order?signature=5eedf00d): timed out"

    assert "5eedf00d" not in repr(explain_rejection(reason))


def test_the_table_is_whole_and_says_where_it_comes_from() -> None:
    """All 205 documented codes and those seen beside them, each with a known category; the sources are stated."""
    beside = TABLE["undocumented"]["codes"]

    assert TABLE["source"].startswith("Binance")
    assert TABLE["undocumented"]["source"]
    assert len(TABLE["codes"]) == 205 + len(beside)
    assert set(beside) <= set(TABLE["codes"])
    assert {each["category"] for each in TABLE["codes"].values()} <= set(TABLE["categories"])
    assert {each["category"] for each in TABLE["texts"]} <= set(TABLE["categories"])
    assert set(TABLE["http_statuses"].values()) <= set(TABLE["categories"])
