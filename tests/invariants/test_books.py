"""Invariant 8: at the end the trader's books are the venue's, term by term, but for what the case declares."""

from typing import Any

import pytest

from conformance.history.entries import Control, Declared
from conformance.invariants import violations
from tests.invariants.histories import Scripted

ORDER = {
    "client_order_id": "T-1",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "1",
    "filled_qty": "0",
    "price": "50000",
    "time_in_force": "GTC",
    "post_only": False,
    "reduce_only": False,
}
STOP = {**ORDER, "type": "STOP_MARKET", "trigger_price": "49000", "trigger_type": "MARK_PRICE"}
SEVERAL = "the trader holds several positions where the venue has one"
POSITION = "the trader's position is not the venue's"
FREE = "the trader's free balance is more than the venue has available"


def found(script: Scripted) -> list[str]:
    """Return what a history breaks of invariant 8."""
    broken = [violation.signature for violation in violations(script.history) if violation.number == 8]
    return [signature.removeprefix("invariant 8: ") for signature in broken]


def books(script: Scripted | None = None, *, trader: dict[str, Any], venue: dict[str, Any]) -> Scripted:
    """Append both books."""
    return (script or Scripted()).snapshot("trader", **trader).snapshot("venue", **venue)


def orders(mine: dict[str, Any], theirs: dict[str, Any]) -> Scripted:
    """Return a history that ends with one open order on either side."""
    row = {"status": "ACCEPTED", "open": True, **mine}
    return books(trader={"orders": [row]}, venue={"orders": [{"status": "NEW", **theirs}]})


@pytest.mark.parametrize(
    ("mine", "theirs", "wrong"),
    [
        ({}, {}, None),
        ({}, {"time_in_force": "IOC"}, "time_in_force"),
        ({"post_only": True}, {"time_in_force": "GTX", "post_only": True}, None),
        ({}, {"time_in_force": "GTX", "post_only": True}, "post_only"),
        ({"post_only": True}, {"time_in_force": "RPI", "post_only": True}, None),
        ({"post_only": True, "time_in_force": "IOC"}, {"time_in_force": "RPI", "post_only": True}, "time_in_force"),
        ({"post_only": True}, {}, "post_only"),
        ({}, {"time_in_force": "GTE_GTC", "close_position": True}, None),
        ({"time_in_force": None, "post_only": None}, {}, None),
        ({"time_in_force": "GTD", "expire_time_ms": 1999}, {"time_in_force": "GTD", "expire_time_ms": 1000}, None),
        (
            {"time_in_force": "GTD", "expire_time_ms": 2000},
            {"time_in_force": "GTD", "expire_time_ms": 1000},
            "expire_time_ms",
        ),
        ({"time_in_force": "GTD"}, {"time_in_force": "GTD", "expire_time_ms": 1000}, "expire_time_ms"),
        ({"time_in_force": "GTD", "expire_time_ms": 1000}, {"time_in_force": "GTD"}, None),
        ({"reduce_only": None}, {"reduce_only": True}, "reduce_only"),
        ({"side": "SELL"}, {}, "side"),
        ({"price": "50000.1"}, {}, "price"),
        ({"quantity": "2"}, {}, "quantity"),
        ({"filled_qty": "0.5"}, {}, "filled_qty"),
    ],
)
def test_terms_of_an_open_order_are_compared(mine: dict[str, Any], theirs: dict[str, Any], wrong: str | None) -> None:
    """Figures, side, flags and time in force; post-only is the venue's GTX."""
    script = orders({**ORDER, **mine}, {**ORDER, **theirs})
    assert found(script) == ([f"{wrong} of an open order is not the venue's"] if wrong else [])


@pytest.mark.parametrize(
    ("mine", "theirs", "wrong"),
    [
        ({}, {}, None),
        ({"trigger_type": "LAST_PRICE"}, {}, "trigger_type"),
        ({"trigger_type": "LAST_PRICE"}, {"trigger_type": "CONTRACT_PRICE"}, None),
        ({"trigger_price": "48000"}, {}, "trigger_price"),
        ({"trigger_price": "48000"}, {"type": "TRAILING_STOP_MARKET"}, None),
        ({}, {"trigger_price": None, "type": "MARKET"}, None),
    ],
)
def test_trigger_of_a_stop_is_compared(mine: dict[str, Any], theirs: dict[str, Any], wrong: str | None) -> None:
    """As long as it waits; a trailing stop's trigger moves by itself."""
    script = orders({**STOP, **mine}, {**STOP, **theirs})
    assert found(script) == ([f"{wrong} of an open order is not the venue's"] if wrong else [])


TRAILING = {**STOP, "type": "TRAILING_STOP_MARKET", "activation_price": "50500"}
MINE = {"trailing_offset": "100", "trailing_offset_type": "BASIS_POINTS"}


@pytest.mark.parametrize(
    ("mine", "theirs", "wrong"),
    [
        (MINE, {"callback_rate": "1.0"}, None),
        ({**MINE, "trailing_offset": "101"}, {"callback_rate": "1.0"}, "callback_rate"),
        ({}, {"callback_rate": "1.0"}, "callback_rate"),
        ({**MINE, "trailing_offset_type": "PRICE"}, {"callback_rate": "1.0"}, "callback_rate"),
        (MINE, {"callback_rate": "1", "activation_price": "50501"}, "activation_price"),
        ({**MINE, "activation_price": None}, {"callback_rate": "1"}, None),
    ],
)
def test_terms_of_a_trailing_stop_are_compared(mine: dict[str, Any], theirs: dict[str, Any], wrong: str | None) -> None:
    """The offset in basis points is the venue's rate in percent; an activation price is the venue's."""
    script = orders({**TRAILING, **mine}, {**TRAILING, **theirs})
    assert found(script) == ([f"{wrong} of an open order is not the venue's"] if wrong else [])


def position(quantity: str, side: str | None = None, position_side: str | None = None) -> dict[str, Any]:
    """Return a position's row."""
    return {"symbol": "BTCUSDT", "signed_qty": quantity, "side": side, "position_side": position_side}


@pytest.mark.parametrize(
    ("mine", "theirs", "wrong"),
    [
        ([position("1", "LONG")], [position("1", None, "BOTH")], []),
        ([position("1", "LONG"), position("-1", "SHORT")], [], [SEVERAL]),
        ([position("0.5", "LONG"), position("0.5", "LONG")], [position("1", None, "BOTH")], [SEVERAL]),
        ([position("1", "LONG"), position("0", "FLAT")], [position("1", None, "BOTH")], []),
        ([], [position("1", None, "BOTH")], [POSITION]),
        (
            [position("2", "LONG"), position("-1", "SHORT")],
            [position("2", None, "LONG"), position("-1", None, "SHORT")],
            [],
        ),
        ([position("1", "LONG")], [position("2", None, "LONG"), position("-1", None, "SHORT")], [POSITION]),
    ],
)
def test_each_position_is_compared(mine: list[dict[str, Any]], theirs: list[dict[str, Any]], wrong: list[str]) -> None:
    """One a symbol in one-way mode, and never netted; one a side in hedge mode."""
    assert found(books(trader={"positions": mine}, venue={"positions": theirs})) == wrong


def account_news() -> Scripted:
    """A history in which the venue told the trader what is available after the last act."""
    placed = Scripted().request("POST /fapi/v1/order", newClientOrderId="T-1").frame({"e": "ACCOUNT_UPDATE", "a": {}})
    return placed.request("GET /fapi/v2/account").answer(200, {})


def balances(free: str | None, available: str | None) -> dict[str, Any]:
    """Return both sides' balances."""
    return {
        "trader": {"balances": [{"currency": "USDT", "total": "10", "free": free}]},
        "venue": {"balances": [{"currency": "USDT", "total": "10", "available": available}]},
    }


@pytest.mark.parametrize(
    ("free", "available", "sound"),
    [
        ("10", "9", False),
        ("9", "9", True),
        ("8", "9", True),
        ("9.000000001", "9", True),
        ("10", None, True),
        (None, "9", True),
    ],
)
def test_free_balance_is_at_most_what_the_venue_has_available(
    free: str | None, available: str | None, sound: bool
) -> None:
    """To 8 decimals, where both sides tell it."""
    assert found(books(account_news(), **balances(free, available))) == ([] if sound else [FREE])


def test_free_balance_that_nothing_was_told_about_is_no_mistake() -> None:
    """A resting order takes margin, the market moves profit, and ACCOUNT_UPDATE has wallet balances alone."""
    for act in (
        lambda script: script.request("POST /fapi/v1/order", newClientOrderId="T-2"),
        lambda script: script.request("POST /fapi/v1/leverage", "suite"),
        lambda script: script.frame({"e": "ACCOUNT_UPDATE", "a": {}}),
    ):
        assert found(books(act(account_news()), **balances("10", "9"))) == []
    moved = account_news()
    moved.history.append(Control(number=9, what="price moves"))
    assert found(books(moved, **balances("10", "9"))) == []
    assert found(books(moved.request("GET /fapi/v3/account").answer(200, {}), **balances("10", "9"))) == [FREE]


@pytest.mark.parametrize(
    ("declared", "intended"),
    [
        (Declared(difference=POSITION), True),
        (Declared(difference=POSITION, about="BTCUSDT"), True),
        (Declared(difference=POSITION, about="ETHUSDT"), False),
        (Declared(difference=FREE), False),
    ],
)
def test_declared_difference_is_passed_over(declared: Declared, intended: bool) -> None:
    """The declaration is an entry of the history: a stored one is judged alike."""
    script = Scripted()
    script.history.append(declared)
    script = books(script, trader={}, venue={"positions": [position("1")]})
    assert found(script) == ([] if intended else [POSITION])


def test_stop_that_closes_the_position_has_no_quantity_at_the_venue() -> None:
    """The venue shows 0 for a stop with closePosition, and no reduceOnly: the trader's own are not held against it."""
    mine = {**STOP, "reduce_only": True}
    theirs = {**STOP, "quantity": "0", "close_position": True}
    assert found(orders(mine, theirs)) == []
    assert found(orders(mine, {**theirs, "close_position": False})) != []
