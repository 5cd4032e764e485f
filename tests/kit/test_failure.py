"""Signatures: the same failure is known again in every run, and two different failures are told apart."""

import pytest

from conformance.binance.fate import error_code
from conformance.kit.failure import CheckError, signature_of


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("{'code': -2019, 'msg': 'Margin is insufficient.'}", "-2019"),
        ("submit-order-error: Binance error -4120: Order type not supported", "-4120"),
        ("-1008", "-1008"),
        ("code=-5022 at 1731234567890", "-5022"),
        ("price -2019.50 is wrong", None),
        ("order x-2019 is gone", None),
        ("at 2026-1122", None),
        ("-20191", None),
        ("", None),
        (None, None),
    ],
)
def test_code_is_found_however_it_is_worded(reason: str | None, code: str | None) -> None:
    """Binance's code is found in every version's wording, and a price, an id or a date is not taken for one."""
    assert error_code(reason) == code


def test_a_check_has_its_own_signature() -> None:
    """The signature of a check is the one that it was given, not its message."""
    assert signature_of(CheckError("order 17 at 12:00", signature="LIMIT stayed NEW")) == "LIMIT stayed NEW"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assert '50000.10' == '49000.00'", "assert '51000.20' == '48000.00'"),
        ("no answer within 0.53 s", "no answer within 1.7 s"),
        ("<Record object at 0x7f3a9c>", "<Record object at 0x10bb0e>"),
        ("order 8e9f0a1b2c3d4e5f6a7b failed", "order 0123456789abcdef0123 failed"),
        ("assert 1000000001 == 1000000002", "assert 1000000017 == 1000000090"),
    ],
)
def test_what_varies_is_masked(one: str, other: str) -> None:
    """Ids, prices, addresses and times do not make another failure of the same one."""
    assert signature_of(AssertionError(one)) == signature_of(AssertionError(other))


def test_different_failures_keep_different_signatures() -> None:
    """Masking leaves the words, a case's id and the kind of exception, by which failures are told apart."""
    found = {
        signature_of(AssertionError("assert 'GTC' == 'GTX'")),
        signature_of(AssertionError("assert 'GTC' == 'IOC'")),
        signature_of(KeyError("assert 'GTC' == 'IOC'")),
        signature_of(AssertionError("order STOP-010-1 is open")),
        signature_of(AssertionError("order STOP-020-1 is open")),
    }
    assert len(found) == 5


def test_only_the_first_line_counts() -> None:
    """The timeline under a message differs in every run, and is no part of the signature."""
    assert signature_of(AssertionError("\nwrong\n  12.3 ms something")) == "AssertionError: wrong"


def test_a_failure_without_words_has_its_kind() -> None:
    """An exception without a message still has a signature."""
    assert signature_of(AssertionError()) == "AssertionError"
