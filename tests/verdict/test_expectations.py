"""Expectations: checked when loaded, matched by version and world, and held to the truth."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from conformance.verdict.expectations import (
    Expectation,
    Expectations,
    ExpectationsError,
    judge,
    load_expectations,
)
from conformance.verdict.outcomes import Outcome

IDS = ("STOP-010", "STOP-020", "FATE-010")
ENTRY = """
- case: FATE-010
  versions: ">=1.221.0,<=1.231.0"
  signature: rejected while live at the venue
  upstream: "#4215"
  reason: a 503 whose fate is unknown becomes OrderRejected
"""


def expectation(versions: str = ">=1.221.0,<=1.231.0") -> Expectation:
    """Return an expectation of FATE-010 on a range of versions."""
    return Expectation(
        case="FATE-010",
        versions=SpecifierSet(versions),
        signature="rejected while live",
        upstream="#4215",
        reason="",
        place="expectations.yaml:2",
    )


def loaded(tmp_path: Path, text: str) -> Expectations:
    """Write and load an expectations file."""
    path = tmp_path / "expectations.yaml"
    path.write_text(text)
    return load_expectations(path, IDS)


def test_a_sound_entry_is_matched_in_every_world(tmp_path: Path) -> None:
    """Without `worlds` an expectation speaks of all three, on its versions only, and of its case only."""
    expectations = loaded(tmp_path, ENTRY)

    for world in ("simulator", "cassettes", "testnet"):
        found = expectations.matching("FATE-010", "1.226.0", world)
        assert found is not None
        assert found.upstream == "#4215"
        assert found.place.endswith("expectations.yaml:2")
    assert expectations.matching("FATE-010", "1.232.0", "simulator") is None
    assert expectations.matching("STOP-010", "1.226.0", "simulator") is None


def test_worlds_narrow_an_entry(tmp_path: Path) -> None:
    """An expectation with `worlds` speaks of these only."""
    expectations = loaded(tmp_path, ENTRY + "  worlds: [simulator]\n")

    assert expectations.matching("FATE-010", "1.226.0", "simulator")
    assert expectations.matching("FATE-010", "1.226.0", "testnet") is None


@pytest.mark.parametrize(
    ("versions", "version", "covered"),
    [
        (">=1.221.0,<=1.231.0", "1.231.0", True),
        (">=1.221.0,<=1.231.0", "1.231.0a20260801", True),
        (">=1.221.0,<=1.231.0", "1.232.0a20260801", False),
        (">=1.231.0", "1.232.0a20260801+abc123", True),
        ("<1.232.0a20260801", "1.232.0a20260731", True),
        ("==1.232.0a20260801", "1.232.0a20260801+abc123", True),
        (">=1.221.0,<2.0.0", "2.0.0rc6", False),
        (">=2.0.0rc3,<=2.0.0rc6", "2.0.0rc6", True),
        (">=2.0.0rc3,<=2.0.0rc6", "2.0.0", False),
        ("==1.22.*", "1.22.3", True),
    ],
)
def test_pre_releases_are_versions_like_others(versions: str, version: str, covered: bool) -> None:
    """Nightlies and release candidates fall inside or outside a range by PEP 440's order."""
    assert expectation(versions).covers(version, "simulator") is covered


@pytest.mark.parametrize("text", ["", "[]\n", "# nothing is known to fail\n"])
def test_a_file_may_hold_nothing(text: str, tmp_path: Path) -> None:
    """No known failures is a sound state, and the best one."""
    assert loaded(tmp_path, text).entries == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("- case: [", 1, "not YAML", id="not YAML"),
        pytest.param("case: STOP-010", 1, "expected a list of expectations", id="not a list"),
        pytest.param("- STOP-010", 1, "expected an expectation with case", id="not a mapping"),
        pytest.param(
            ENTRY.replace("reason:", "raeson:"), 2, "unknown field 'raeson'; the nearest is 'reason'", id="typo"
        ),
        pytest.param(ENTRY + "  case: STOP-010\n", 2, "`case` is given twice", id="field twice"),
        pytest.param(
            ENTRY.replace('">=1.221.0,<=1.231.0"', "1.22"), 2, "`versions` is 1.22; expected text", id="number"
        ),
        pytest.param(ENTRY.replace('"#4215"', "#4215"), 2, "`upstream` is None; expected text", id="a YAML comment"),
        pytest.param(ENTRY.replace("#4215", "4215"), 2, "expected an issue such as '#4215'", id="upstream no issue"),
        pytest.param(ENTRY.replace(">=1.221.0", "1.221.0"), 2, "expected a version specifier", id="no specifier"),
        pytest.param(ENTRY.replace("<=1.231.0", "<1.0"), 2, "no version satisfies", id="empty range"),
        pytest.param(ENTRY.replace("FATE-010", "FATE-O10"), 2, "the nearest is 'FATE-010'", id="unknown case"),
        pytest.param(ENTRY + "  worlds: [mainnet]\n", 2, "expected a list of some of simulator", id="unknown world"),
        pytest.param(ENTRY + "  worlds: []\n", 2, "expected a list of some of simulator", id="no world"),
        pytest.param(
            ENTRY + ENTRY.strip().replace("1.221.0,<=1.231.0", "1.231.0"), 7, "overlaps .*yaml:2", id="overlap"
        ),
    ],
)
def test_an_unsound_file_is_refused_with_its_line(text: str, line: int, message: str, tmp_path: Path) -> None:
    """Every breach of the schema names file and line, and says what is expected."""
    with pytest.raises(ExpectationsError, match=message) as refusal:
        loaded(tmp_path, text)
    assert str(refusal.value).startswith(f"{tmp_path / 'expectations.yaml'}:{line}: ")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path that does not exist is an expectations error that names the option."""
    with pytest.raises(ExpectationsError, match="--expectations"):
        load_expectations(tmp_path / "none.yaml", IDS)


@pytest.mark.parametrize(
    "second",
    [
        ENTRY.replace(">=1.221.0,<=1.231.0", ">1.231.0"),
        ENTRY.replace("FATE-010", "STOP-010"),
    ],
)
def test_neighbours_do_not_overlap(second: str, tmp_path: Path) -> None:
    """One case may fail differently on the next range of versions, and another case on the same."""
    assert len(loaded(tmp_path, ENTRY + second).entries) == 2


def test_the_same_versions_in_other_worlds_do_not_overlap(tmp_path: Path) -> None:
    """A case may fail differently in another world."""
    one, other = ENTRY + "  worlds: [simulator]\n", ENTRY + "  worlds: [testnet]\n"

    assert len(loaded(tmp_path, one + other).entries) == 2


releases = st.builds(
    "{}.{}{}".format, st.integers(1, 2), st.integers(0, 3), st.sampled_from(["", "a1", "rc2", "rc3", ".1"])
)
ranges = st.builds("{}{},{}{}".format, st.sampled_from([">=", ">"]), releases, st.sampled_from(["<=", "<"]), releases)


@given(one=ranges, other=ranges, version=releases)
def test_ranges_that_load_never_speak_of_one_version(
    one: str, other: str, version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If two ranges of one case are accepted, no version is in both: order never decides which one matches."""
    entries = [ENTRY.replace(">=1.221.0,<=1.231.0", versions) for versions in (one, other)]
    try:
        expectations = loaded(tmp_path_factory.mktemp("expectations"), "".join(entries))
    except ExpectationsError:
        return
    assert sum(each.covers(version, "simulator") for each in expectations.entries) <= 1


SAME, OTHER = "rejected while live", "no event at all"


@pytest.mark.parametrize(
    ("outcome", "signature", "known", "expected", "problem"),
    [
        (Outcome.PASSED, None, False, True, None),
        (Outcome.FAILED, SAME, False, False, None),
        (Outcome.UNSUPPORTED, None, False, True, None),
        (Outcome.DRIFTED, None, False, False, None),
        (Outcome.BROKEN, None, False, False, None),
        (Outcome.FAILED, SAME, True, True, None),
        (Outcome.FAILED, OTHER, True, False, "failed with 'no event at all'.*correct `signature`"),
        (Outcome.PASSED, None, True, False, "but passed: end its `versions`"),
        (Outcome.UNSUPPORTED, None, True, False, "but is unsupported: leave this version out"),
        (Outcome.DRIFTED, None, True, False, None),
        (Outcome.BROKEN, None, True, False, None),
    ],
)
def test_an_expectation_is_held_to_the_truth(
    outcome: Outcome, signature: str | None, known: bool, expected: bool, problem: str | None
) -> None:
    """Only the recorded failure is expected; whatever disproves the record is a problem that says how to fix it."""
    judged = judge(outcome, signature, expectation() if known else None)

    assert judged[0] is expected
    if problem is None:
        assert judged[1] is None
    else:
        assert judged[1] is not None
        assert judged[1].startswith("expectations.yaml:2: FATE-010 was expected to fail with 'rejected while live'")
        with pytest.raises(AssertionError, match=problem):
            raise AssertionError(judged[1])
