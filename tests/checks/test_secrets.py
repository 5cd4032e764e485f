"""Invariant 10: a secret is found wherever it is, and never repeated by whoever found it."""

import pytest

from conformance.checks.secrets import leaks

SECRET = "correct-horse-battery"
HEX = "0123456789abcdef" * 4
BASE64 = "A" * 86 + "=="


def test_secret_is_named_and_not_repeated() -> None:
    """A secret anywhere in a text is a violation that says where, in words that do not hold the secret."""
    (found,) = leaks("the history", f'{{"note":"key {SECRET} was sent"}}', [SECRET])
    assert found.signature == "invariant 10: a secret is in the history"
    assert SECRET not in found.signature + found.detail


@pytest.mark.parametrize(
    "text",
    [
        f"GET /fapi/v1/order?symbol=BTCUSDT&signature={HEX}",
        f"signature={HEX.upper()}",
        f'{{"signature": "{HEX}"}}',
        f"'signature': '{BASE64}'",
        "signature=" + "A" * 84 + "%3D%3D",
    ],
)
def test_signature_is_found_in_every_form(text: str) -> None:
    """HMAC and Ed25519 signatures are found in a query, in JSON and percent-encoded."""
    assert [violation.signature for violation in leaks("a log", text, [])] == ["invariant 10: a signature is in a log"]


@pytest.mark.parametrize(
    "text",
    [
        '"signature":"valid"',
        "signature=SIGNATURE",
        f"client order id {HEX}",
        "the signature of the failure: LIMIT ended REJECTED",
        "",
    ],
)
def test_words_about_signatures_are_none(text: str) -> None:
    """The history's own word for a signature, a placeholder, and an id of the same length are no leak."""
    assert list(leaks("the history", text, [SECRET])) == []


def test_values_too_short_to_be_secret_are_not_sought() -> None:
    """A blank or trivial credential does not make a leak of every text."""
    assert list(leaks("the history", "a word", ["", "a", "word"])) == []
