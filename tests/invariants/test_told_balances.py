"""Invariant 15, of balances: they add up, and rest on what the venue has told."""

from decimal import Decimal
from typing import Any

import pytest

from tests.invariants.histories import Scripted
from tests.invariants.test_told import broken


@pytest.mark.parametrize(
    ("balances", "found"),
    [
        ([("USDT", "10", "7", "3"), ("BTC", "0", "0", "0")], []),
        ([("USDT", "10", "7", "4")], ["AccountState does not add up"]),
        ([("USDT", "10", "7", "3"), ("USDT", "10", "7", "3")], ["AccountState has a currency twice"]),
        ([("BTC", "10", "7", "3")], ["AccountState tells a balance that the venue did not"]),
        ([("USDT", "9", "9", "0")], ["AccountState tells a balance that the venue did not"]),
        ([("USDT", "8", "8", "0"), ("BNB", "2", "2", "0")], []),
        ([("XRP", "0.123457", "0.123457", "0")], []),
        ([("XRP", "0.123458", "0.123458", "0")], ["AccountState tells a balance that the venue did not"]),
    ],
)
def test_balances_add_up(balances: list[tuple[str, ...]], found: list[str]) -> None:
    """A balance is its free and its locked part, once a currency, and one that the venue has told, to six digits."""
    rows = [dict(zip(("currency", "total", "free", "locked"), row, strict=True)) for row in balances]
    script = Scripted().request("GET /fapi/v2/account")
    script.answer(200, {"assets": [{"asset": "USDT", "walletBalance": "10"}, {"asset": "BTC", "walletBalance": "0"}]})
    others = [{"asset": "BNB", "balance": "2"}, {"asset": "XRP", "balance": "0.12345678"}]
    script.request("GET /fapi/v2/balance").answer(200, others)
    script.frame({"e": "ACCOUNT_UPDATE", "E": 1, "T": 1, "a": {"m": "ORDER", "B": [{"a": "USDT", "wb": "8"}], "P": []}})

    assert broken(script.event("AccountState", balances=rows), 15) == found


@pytest.mark.parametrize(
    "said",
    [
        {"a": {"m": "ORDER", "B": [{"a": "USDT"}], "P": []}},
        {"a": {"m": "ORDER", "B": [{"a": "USDT", "wb": "much"}], "P": []}},
    ],
)
def test_a_balance_without_a_figure_is_not_0(said: dict[str, Any]) -> None:
    """Where the venue names a currency without a figure, or with a garbled one, no balance rests on that."""
    script = Scripted().frame({"e": "ACCOUNT_UPDATE", "E": 1, "T": 1, **said})
    script.request("GET /fapi/v2/account").answer(200, {"assets": [{"asset": "USDT", "walletBalance": None}]})
    script.event("AccountState", balances=[{"currency": "USDT", "total": "0", "free": "0", "locked": "0"}])

    assert broken(script, 15) == ["AccountState tells a balance that the venue did not"]


@pytest.mark.parametrize("told", ["-0.0000004", "-5.0000004", "5.9999996", "6"])
def test_a_balance_that_was_rounded_is_the_one_told(told: str) -> None:
    """Whichever way a balance was rounded to six digits, past a whole one or past 0, it is the one that was told."""
    rounded = str(round(Decimal(told), 6))
    script = Scripted().request("GET /fapi/v2/balance").answer(200, [{"asset": "USDT", "balance": told}])

    rows = [{"currency": "USDT", "total": rounded, "free": rounded, "locked": "0"}]
    assert broken(script.event("AccountState", balances=rows), 15) == []


def test_a_balance_that_is_told_too_soon_rests_on_nothing() -> None:
    """What the venue tells after an account event is no ground for it."""
    rows = [{"currency": "USDT", "total": "8", "free": "8", "locked": "0"}]
    script = Scripted().event("AccountState", balances=rows)
    script.frame({"e": "ACCOUNT_UPDATE", "E": 1, "T": 1, "a": {"m": "ORDER", "B": [{"a": "USDT", "wb": "8"}], "P": []}})

    assert broken(script, 15) == ["AccountState tells a balance that the venue did not"]
