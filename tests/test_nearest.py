"""The nearest word: named where it was probably meant, whatever its case, and else not at all."""

import pytest

from conformance.nearest import nearest


@pytest.mark.parametrize(
    ("word", "known", "named"),
    [
        ("conn-040", ["LMT-040", "CONN-040"], "; the nearest is 'CONN-040'"),
        ("STOP-O10", ["ORDER-010", "STOP-010"], "; the nearest is 'STOP-010'"),
        ("LMT-10", ["LMT-110", "LMT-010", "LMT-100"], "; the nearest is 'LMT-010'"),
        ("Raeson", ["reason", "case"], "; the nearest is 'reason'"),
        ("zzz", ["CONN-040", "LMT-040"], ""),
        (7, ["CONN-040"], ""),
        ("conn-040", [], ""),
    ],
)
def test_the_nearest_is_what_was_meant(word: object, known: list[str], named: str) -> None:
    """A word in the wrong case is nearest to itself, and one that is like none has no nearest."""
    assert nearest(word, known) == named
