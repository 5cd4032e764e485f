"""Needs: a closed vocabulary, each with a sentence, from which a case's worlds follow."""

from typing import get_args

import pytest

from conformance.kit.needs import NEEDS, Need, worlds_for
from conformance.subject.capabilities import VOCABULARY


def test_every_need_has_a_sentence() -> None:
    """The vocabulary and its meanings are the same words, all that versions declare among them."""
    assert set(NEEDS) >= set(VOCABULARY)
    assert set(NEEDS) == set(get_args(Need))
    assert all(meaning.sentence.endswith(".") for meaning in NEEDS.values())


@pytest.mark.parametrize(
    ("needs", "worlds"),
    [
        ((), ("simulator", "cassettes", "testnet")),
        (("ws_trading", "cache_database"), ("simulator", "cassettes", "testnet")),
        (("market_moves",), ("simulator", "cassettes")),
        (("unrecordable",), ("simulator", "testnet")),
        (("venue_acts", "unrecordable"), ("simulator",)),
    ],
)
def test_worlds_follow_from_needs(needs: tuple[Need, ...], worlds: tuple[str, ...]) -> None:
    """A case runs where all its needs can be met."""
    assert worlds_for(needs) == worlds
