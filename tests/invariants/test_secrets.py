"""Invariant 10: a secret is found wherever it is, and never repeated by whoever found it."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from conformance.invariants.secrets import leaks

SECRET = "correct-horse-battery"
HEX = "0123456789abcdef" * 4
LISTEN_KEY = "aB3d" * 16
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
        json.dumps({"text": json.dumps({"signature": HEX})}),
        json.dumps(json.dumps({"text": json.dumps({"signature": HEX})})),
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
        "listenKey=LISTENKEY-1",
        "/private/ws?listenKey=LISTENKEY-12 and /ws/btcusdt@markPrice",
        '"stream":"LISTENKEY-1"',
        f"client order id {HEX}",
        "the signature of the failure: LIMIT ended REJECTED",
        "",
    ],
)
def test_words_about_signatures_are_none(text: str) -> None:
    """The history's own word for a signature, a placeholder, and an id of the same length are no leak."""
    assert list(leaks("the history", text, [SECRET])) == []


@pytest.mark.parametrize(
    "text",
    [
        f"listenKey={LISTEN_KEY}",
        json.dumps({"listenKey": LISTEN_KEY}),
        json.dumps({"text": json.dumps({"listenKey": LISTEN_KEY})}),
        f"connecting to wss://fstream.binance.com/ws/{LISTEN_KEY}",
    ],
)
def test_listen_key_is_found_known_or_not(text: str) -> None:
    """A listen key is found by its name and by its place in a stream's path, whether or not it was given."""
    assert [violation.signature for violation in leaks("a log", text, [])] == ["invariant 10: a listen key is in a log"]


def test_given_listen_key_is_found_anywhere() -> None:
    """A listen key that is known is found without its name, too."""
    text = json.dumps({"stream": LISTEN_KEY, "data": {}})
    (found,) = leaks("a log", text, ["another-one", LISTEN_KEY])
    assert found.signature == "invariant 10: a secret is in a log"
    assert LISTEN_KEY not in found.detail


@pytest.mark.parametrize("escape", [lambda text: text, json.dumps, lambda text: quote(text, safe="")])
def test_secret_of_several_lines_is_found_however_it_is_written(escape: Callable[[str], str]) -> None:
    """A PEM key is found as it is, in JSON, in JSON inside of JSON, and in a query."""
    pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI+/=\n-----END PRIVATE KEY-----\n"
    for text in (escape(pem), json.dumps({"text": escape(pem)})):
        assert [violation.number for violation in leaks("a log", text, [pem])] == [10]


def test_values_too_short_to_be_secret_are_not_sought() -> None:
    """A blank or trivial credential does not make a leak of every text."""
    assert list(leaks("the history", "a word", ["", "a", "word"])) == []
