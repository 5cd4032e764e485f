"""The page of upstream's test cards."""

from pathlib import Path
from typing import Any

import pytest

from conformance.locations import SUITE
from conformance.running.cards import CardError, page
from conformance.running.catalogue import collect

_CASES: dict[str, dict[str, Any]] = {"ABC-010.one": {"card": "TC-E01"}, "ABC-010.two": {"card": "TC-E01"}}


def test_the_page_in_the_docs_is_the_one_that_is_made() -> None:
    """`docs/test-cards.md` is what `conformance cases --cards` prints."""
    assert (SUITE.parent / "docs" / "test-cards.md").read_text() == page(collect(()))


def test_a_family_is_named_once(tmp_path: Path) -> None:
    """A card that all cells of a family cover names the family."""
    assert "| TC-E01 | Buy | ABC-010 |" in page(_CASES, _cards(tmp_path, "{card: TC-E01, title: Buy}"))


@pytest.mark.parametrize(
    "card",
    [
        "{card: TC-E02, title: Sell}",
        "{card: TC-E01, title: Buy, cases: [ABC-999]}",
        "{card: TC-E03, title: Other, reason: none}",
    ],
)
def test_a_card_without_an_account_is_refused(tmp_path: Path, card: str) -> None:
    """Refused are a card with neither case nor reason, one with an unknown case, and a case of an unknown card."""
    with pytest.raises(CardError):
        page(_CASES, _cards(tmp_path, card))


def _cards(folder: Path, card: str) -> Path:
    file = folder / "cards.yaml"
    file.write_text(f"- {card}\n")
    return file
