"""Upstream's execution test cards and the cases that cover them, as a page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from conformance.locations import FIXTURES

FILE = FIXTURES / "test_cards.yaml"
_HEAD = """# Upstream's test cards

NautilusTrader describes the tests of an execution client as cards (`docs/developer_guide/spec_exec_testing.md`). Here
are the cases that cover each, or why no case does. Made by `conformance cases --cards` from `fixtures/test_cards.yaml`
and the cases' own `card`; do not edit.

| card | title | cases, or why there is none |
| --- | --- | --- |
"""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One card. `cases` cover it beside those that name it as theirs; `reason` says why no case does."""

    card: str
    title: str
    cases: list[str] = []
    reason: str = ""


class CardError(ValueError):
    """A card without a case and without a reason, or with a case that does not exist."""


def page(cases: Mapping[str, Mapping[str, Any]], file: Path = FILE) -> str:
    """Return the page; raises `CardError` for a card without an account of it and for an unknown one."""
    cards = msgspec.yaml.decode(file.read_bytes(), type=list[Card])
    if unknown := sorted({case["card"] for case in cases.values() if case["card"]} - {each.card for each in cards}):
        raise CardError(f"cases name cards that {file.name} does not have: {', '.join(unknown)}")
    return _HEAD + "".join(f"| {each.card} | {each.title} | {_covered(each, cases)} |\n" for each in cards)


def _covered(card: Card, cases: Mapping[str, Mapping[str, Any]]) -> str:
    if missing := [each for each in card.cases if each not in cases]:
        raise CardError(f"{card.card}: there is no case {', '.join(missing)}; correct its line in test_cards.yaml")
    covering = [case_id for case_id, case in cases.items() if case["card"] == card.card]
    # A family is named once, not by each of its cells.
    named = dict.fromkeys([*(each.split(".")[0] for each in covering), *card.cases])
    if not named and not card.reason:
        raise CardError(f"{card.card} {card.title}: no case has it; write a case, or a reason in test_cards.yaml")
    return ", ".join(named) if named else card.reason
