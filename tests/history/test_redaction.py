"""Redaction: what it hides it no longer finds, and what is no secret stays as it is."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.binance.account import Account
from conformance.history.redaction import Redaction

ACCOUNT = Account("test-api-key-0123456789", secret="test-secret-0123456789")
HEX = "0123456789abcdef" * 4
KEY = "aB3d" * 16


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"GET /x?a=1&signature={HEX}", "GET /x?a=1&signature=SIGNATURE"),
        (f'{{"signature": "{HEX}"}}', '{"signature": "SIGNATURE"}'),
        (json.dumps({"text": json.dumps({"listenKey": KEY})}), '{"text": "{\\"listenKey\\": \\"LISTENKEY-1\\"}"}'),
        (f"wss://host/ws/{KEY}", "wss://host/ws/LISTENKEY-1"),
        (f"wss://host/stream?streams={KEY}", "wss://host/stream?streams=LISTENKEY-1"),
        (f"X-MBX-APIKEY: {ACCOUNT.api_key}", "X-MBX-APIKEY: API-KEY"),
        (f"told {ACCOUNT.secret} to nobody", "told SECRET to nobody"),
        (f"a value of no name: {KEY}", "a value of no name: SECRET"),
    ],
)
def test_secret_is_hidden_wherever_it_stands(text: str, hidden: str) -> None:
    """By value, by name, by place and by shape; what was hidden is found no more."""
    redaction = Redaction([ACCOUNT])
    assert redaction.hide(text) == hidden
    assert redaction.find(hidden) == []
    assert redaction.hide(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        '{"signature":"valid","api_key":"known"}',
        '{"signature":"unverified","api_key":"unknown"}',
        "the signature of the failure: LIMIT ended REJECTED",
        "/ws/btcusdt@markPrice",
        '{"clientOrderId":"x-aHRE4BCj-RSTOP-1","orderId":8389766079988521101}',
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """The history's own words for signatures and keys, ids, and streams of the market."""
    redaction = Redaction([ACCOUNT])
    assert redaction.hide(text) == text
    assert redaction.find(text) == []


def test_listen_key_keeps_its_placeholder() -> None:
    """The same key is always the same placeholder, and found wherever it was not hidden."""
    redaction = Redaction()
    assert redaction.listen_key(KEY) == redaction.listen_key(KEY) == "LISTENKEY-1"
    assert redaction.listen_key("aB3e" * 16) == "LISTENKEY-2"
    assert redaction.listen_key("LISTENKEY-2") == "LISTENKEY-2"
    assert redaction.find(f"stream {KEY}") == ["a listen key"]


def test_every_kind_is_found_and_none_repeated() -> None:
    """What is found is told by kind."""
    text = f"apiKey={ACCOUNT.api_key} {ACCOUNT.secret} signature={HEX} listenKey={KEY}"
    assert Redaction([ACCOUNT]).find(text) == ["a listen key", "a secret", "a signature", "an API key"]


def test_values_that_only_the_reader_knows_are_found_too() -> None:
    """A world's own secrets are looked for beside those of the session."""
    assert Redaction([ACCOUNT]).find(f"told {KEY} to {ACCOUNT.api_key}", [KEY]) == ["a secret", "an API key"]
    assert Redaction([ACCOUNT]).find("told nothing", [KEY]) == []


_PIECES = [
    *("signature", "Signature", "listenKey", "listen_key", "LISTENKEY", "apiKey", "api-key", "API_KEY", "key"),
    *("=", ":", '"', '\\"', "'", ", ", " ", "abc", HEX, KEY, "%3D", "&", "\n", "{", "}"),
]


@example("signature=apiKey=abc")
@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_a_text_is_hidden_alike_whatever_stands_beside_it(text: str) -> None:
    """Text of one alphabet is searched in a quicker way, which finds and hides the same."""
    alike, other = Redaction([ACCOUNT]), Redaction([ACCOUNT])
    assert other.hide(f"{text} é") == f"{alike.hide(text)} é"
    assert other.find(f"{text} é") == alike.find(text)
