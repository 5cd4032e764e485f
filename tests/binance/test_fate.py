"""Fates: what an answer says of whether the venue did what was asked (binance-usdm, section 5)."""

from typing import Any

import pytest

from conformance.binance.fate import code_of, error_code, fate_of


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, {"orderId": 1}, "executed"),
        (200, [{"orderId": 1}, {"code": -2011}], "executed"),
        (200, {"code": 200, "msg": "success"}, "executed"),
        (200, {"code": "200"}, "executed"),
        (200, {"code": -2013}, "refused"),
        (200, "<html>", "unknown"),
        (200, '{"orderId": 1, "cl', "unknown"),
        (200, None, "unknown"),
        (0, None, "unknown"),
        (400, {"code": -2019}, "refused"),
        (400, "no JSON", "refused"),
        (401, {"code": -2015}, "refused"),
        (403, "<html>", "refused"),
        (408, {"code": -1007}, "unknown"),
        (408, "", "unknown"),
        (400, {"code": -1006}, "unknown"),
        (500, {"code": -1007}, "unknown"),
        (429, {"code": -1003}, "not executed"),
        (429, {"code": -1015}, "not executed"),
        (418, "", "not executed"),
        (503, {"code": -1008}, "not executed"),
        (503, {"code": -1001}, "not executed"),
        (503, {"msg": "Service Unavailable."}, "not executed"),
        (503, {"msg": "Unknown error, please check your request or try again later."}, "unknown"),
        (503, "<html>", "unknown"),
        (502, "<html>", "unknown"),
    ],
)
def test_fate_follows_status_and_code(status: int, body: Any, fate: str) -> None:
    """A fate is unknown unless the venue says otherwise; every answer that it gives for good is a refusal."""
    assert fate_of(status, body) == fate


@pytest.mark.parametrize(
    ("body", "code"), [({"code": -1}, -1), ({"code": 200}, None), ({"code": "-1"}, None), ([], None)]
)
def test_code_is_a_negative_number(body: Any, code: int | None) -> None:
    """What stands under `code` on success is no error code."""
    assert code_of(body) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-2019 Margin is insufficient.", "-2019"),
        ('{"code":-2021,"msg":"Order would immediately trigger."}', "-2021"),
        ("Binance error -4164: notional", "-4164"),
        ("price -1500.5 is negative", None),
        ("STOP-2010", None),
        (None, None),
    ],
)
def test_code_is_found_in_a_reason(text: str | None, code: str | None) -> None:
    """Whatever the version writes around it; a negative price or an id is no code."""
    assert error_code(text) == code
