"""Needs: a closed vocabulary, each with a sentence, from which a case's worlds follow."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from conformance.kit.needs import NEEDS, Need, fields_of, worlds_for
from conformance.subject import profiles
from conformance.subject.capabilities import VOCABULARY

ROOT = Path(__file__).resolve().parents[2]


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


def test_needs_name_keys_that_a_profile_can_have() -> None:
    """Each key that a need leaves to the built-in profile can be set in a firm's: a slip of the pen leaves nothing."""
    native = tomllib.loads(profiles.NATIVE_FIELDS.read_text())

    for key in fields_of(NEEDS):
        section, _, name = key.rpartition(".")
        assert name in native[section] if section else key in profiles.KEYS


def test_page_on_profiles_has_what_every_need_leaves_to_the_built_in_profile() -> None:
    """A firm reads in the docs which of its fields a case does not run with, and why."""
    page = (ROOT / "docs" / "profiles.md").read_text()

    for need, meaning in NEEDS.items():
        for key in meaning.fields:
            assert any(f"`{need}`" in line and f"`{key}`" in line for line in page.splitlines()), (need, key)
