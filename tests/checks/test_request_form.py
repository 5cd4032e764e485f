"""Invariants 5, 6 and 7: the form of requests, as the real gateway writes them down."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from conformance.checks.invariants import violations
from conformance.gateway.account import Account
from conformance.gateway.history import History
from conformance.gateway.wire import Wire

ACCOUNT = Account("k" * 20, secret="s" * 20)  # noqa: S106 - an account that exists here only
NOW_MS = 1_800_000_000_000


def sent(method: str, path: str, *, signed: bool = True, **params: str) -> History:
    """Return the history that the gateway's own wire writes of one request of the trader, at `NOW_MS`."""
    history = History()
    query = urlencode(params)
    if signed:
        query += f"&signature={ACCOUNT.sign(query)}"
    wire = Wire(history, [ACCOUNT], wall_ms=lambda: NOW_MS)
    wire.http_request("trader", method, f"{path}?{query}", b"", api_key=ACCOUNT.api_key)
    return history


def found(history: History) -> list[str]:
    """Return the signatures of what breaks an invariant."""
    return [violation.signature for violation in violations(history)]


@pytest.mark.parametrize(
    ("skew_ms", "more", "inside"),
    [
        (0, {}, True),
        (-3000, {}, True),
        (-5000, {}, True),
        (-5001, {}, False),
        (-9000, {"recvWindow": "10000"}, True),
        (-3000, {"recvWindow": "2000"}, False),
        (999, {}, True),
        (1000, {}, False),
        (4000, {"recvWindow": "10000"}, False),
    ],
)
def test_window_is_the_venues(skew_ms: int, more: Mapping[str, str], inside: bool) -> None:
    """What is older than recvWindow is outside of it, and what is a second ahead or more, and nothing else."""
    history = sent("GET", "/fapi/v1/openOrders", timestamp=str(NOW_MS + skew_ms), **more)
    outside = ["invariant 5: timestamp outside recvWindow on GET /fapi/v1/openOrders"]
    assert found(history) == ([] if inside else outside)
