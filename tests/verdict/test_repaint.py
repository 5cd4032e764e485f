"""A case's record over the versions, corrected by what it did on those that were run."""

import pytest
from packaging.version import Version

from conformance.verdict.repaint import overlaid, repainted
from conformance.verdict.spans import Span


def corrected(versions: str, shown: dict[str, str], ran: dict[str, str | None]) -> dict[str, str]:
    """Return the corrected record in short form."""
    found = repainted(
        [Span.parse(versions)],
        tuple((Span.parse(text), signature) for text, signature in shown.items()),
        {Version(version): signature for version, signature in ran.items()},
    )
    return {str(span): signature for span, signature in found}


@pytest.mark.parametrize(
    ("shown", "ran", "expected"),
    [
        pytest.param({}, {"1.222.0": "a"}, {">=1.221.0,<2": "a"}, id="a new case has the defect's versions"),
        pytest.param({}, {"1.221.0": None, "1.222.0": "a"}, {">=1.222.0,<2": "a"}, id="but not where it passed"),
        pytest.param(
            {}, {"1.222.0": "a", "1.226.0": None}, {">=1.221.0,<1.226.0": "a"}, id="nor where it passes again"
        ),
        pytest.param(
            {}, {"1.222.0": "a", "1.226.0": "b"}, {">=1.221.0,<1.226.0": "a", ">=1.226.0,<2": "b"}, id="two ways"
        ),
        pytest.param({">=1.221.0,<2": "a"}, {"1.222.0": "a"}, {">=1.221.0,<2": "a"}, id="what holds stays"),
        pytest.param({">=1.221.0,<1.225.0": "a"}, {"1.226.0": None}, {">=1.221.0,<1.225.0": "a"}, id="nothing new"),
        pytest.param({">=1.221.0,<2": "a"}, {"1.231.0": None}, {">=1.221.0,<1.231.0": "a"}, id="fixed"),
        pytest.param({">=1.221.0,<2": "a"}, {"1.221.0": None}, {}, id="fixed everywhere that is known"),
        pytest.param(
            {">=1.221.0,<2": "a"}, {"1.221.0": None, "1.222.0": "a"}, {">=1.222.0,<2": "a"}, id="it began later"
        ),
        pytest.param(
            {">=1.221.0,<2": "a"},
            {"1.222.0": "a", "1.226.0": "b", "1.231.0": "a"},
            {">=1.221.0,<1.226.0": "a", ">=1.226.0,<1.231.0": "b", ">=1.231.0,<2": "a"},
            id="another signature meanwhile",
        ),
        pytest.param(
            {">=1.221.0,<1.225.0": "a"},
            {"1.222.0": "a", "1.226.0": "a"},
            {">=1.221.0,<1.225.0": "a", ">=1.226.0,<2": "a"},
            id="it came back",
        ),
    ],
)
def test_only_what_a_run_contradicts_changes(
    shown: dict[str, str], ran: dict[str, str | None], expected: dict[str, str]
) -> None:
    """Between two versions that were run the record stays up to the later of them; after the last it is corrected."""
    assert corrected(">=1.221.0,<2", shown, ran) == expected
    assert corrected(">=1.221.0,<2", expected, ran) == expected, "the same results again change nothing"


def test_two_closed_spans_stay_as_they_were_written() -> None:
    """No version that nobody released is written between them."""
    before = {">=2.0.0rc3,<=2.0.0rc4": "a", ">=2.0.0rc5,<=2.0.0rc6": "b"}

    assert corrected(">=2.0.0rc3,<=2.0.0rc6", before, {}) == before
    assert corrected(">=2.0.0rc3,<=2.0.0rc6", before, {"2.0.0rc6": "b"}) == before


def test_a_closed_span_says_nothing_of_what_comes_after_it() -> None:
    """`<=2.0.0rc6` goes on where the next version shows the same, and ends where it shows anything else."""
    before = {">=2.0.0rc3,<=2.0.0rc6": "a"}

    assert corrected(">=2.0.0rc3,<3", before, {"2.0.0rc6": "a", "2.0.0": "b"}) == before | {">=2.0.0,<3": "b"}
    assert corrected(">=2.0.0rc3,<3", before, {"2.0.0rc6": "a", "2.0.0": "a"}) == {">=2.0.0rc3,<3": "a"}
    assert corrected(">=2.0.0rc3,<3", before, {"2.0.0rc6": "a", "2.0.0": None}) == before


@pytest.mark.parametrize(
    ("under", "over", "expected"),
    [
        ({">=1.221.0,<2": "a", ">=2.0.0rc3,<3": "b"}, {">=1.222.0,<2": "c"}, "a c b b"),
        ({">=1.221.0": "a"}, {">=1.222.0,<2": "c"}, "a c a a"),
        ({">=1.221.0,<3": "a"}, {"<=1.221.0": "c", ">=2.0.0rc3": "passes"}, "c a passes passes"),
        ({}, {"==1.222.0": "c"}, "- c - -"),
        ({"==1.222.0": "a"}, {}, "- a - -"),
    ],
)
def test_what_one_profile_shows_goes_before_what_all_do(
    under: dict[str, str], over: dict[str, str], expected: str
) -> None:
    """On the versions of which it says something, pre-releases of the next line not among those before it."""
    shown = overlaid(
        tuple((Span.parse(text), signature) for text, signature in under.items()),
        tuple((Span.parse(text), signature) for text, signature in over.items()),
    )

    versions = map(Version, ("1.221.0", "1.222.0", "2.0.0rc3", "2.0.0rc7"))
    found = [[signature for span, signature in shown if version in span] for version in versions]
    assert found == [[] if each == "-" else [each] for each in expected.split()]
