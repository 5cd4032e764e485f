"""Defects: data with a schema, matched by version, world and profile, and held to the truth."""

from pathlib import Path

import pytest

from conformance.verdict.defect_file import by_family, write_defect
from conformance.verdict.defects import DefectsError, judge, load_defects
from conformance.verdict.outcomes import Outcome

CASES = ("ERR-030", "FATE-010.cancel.408", "FATE-010.cancel.503", "FATE-010.place.408")
SOUND = """\
# Seen first by a trader.
summary: "an order is rejected while it is live"
upstream: "#4215"
versions: [">=1.221.0,<2", ">=2.0.0rc3"]
cases:
  ERR-030:
    ">=1.221.0,<2": "stands REJECTED"
    ">=2.0.0rc3": "stayed SUBMITTED"
  FATE-010.cancel.*: "stands CANCELED"
"""


def write(folder: Path, text: str = SOUND, name: str = "rejected-while-live") -> Path:
    """Write a defect and return its folder."""
    (folder / f"{name}.yaml").write_text(text)
    return folder


def test_a_case_is_known_on_the_defects_versions(tmp_path: Path) -> None:
    """By its own signature for each range of versions; elsewhere nothing is known of it."""
    defects = load_defects(write(tmp_path), CASES)

    found = {
        version: defects.matching("ERR-030", version, "simulator") for version in ("1.231.0", "2.0.0rc6", "1.220.0")
    }
    assert [known and known.signature for known in found.values()] == ["stands REJECTED", "stayed SUBMITTED", None]
    assert str(found["1.231.0"]) == "rejected-while-live (#4215): an order is rejected while it is live"


def test_a_pattern_stands_for_the_cells_of_a_family(tmp_path: Path) -> None:
    """One line for all cells that begin alike, and an id of its own before a pattern."""
    own = SOUND + '  FATE-010.cancel.503: "stands ACCEPTED"\n'
    defects = load_defects(write(tmp_path, own), CASES)

    signatures = [(known := defects.matching(case, "1.231.0", "simulator")) and known.signature for case in CASES[1:]]
    assert signatures == ["stands CANCELED", "stands ACCEPTED", None]


def test_a_defect_may_show_in_some_worlds_and_profiles_only(tmp_path: Path) -> None:
    """Where it does not show, the case must pass."""
    text = SOUND.replace("cases:", "worlds: [simulator]\nprofiles: [websocket]\ncases:")
    defects = load_defects(write(tmp_path, text), CASES)

    assert defects.matching("ERR-030", "1.231.0", "simulator", "websocket")
    assert not defects.matching("ERR-030", "1.231.0", "simulator", "http")
    assert not defects.matching("ERR-030", "1.231.0", "cassettes", "websocket")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("summary:", "sumary:", 2, "unknown field 'sumary'; the nearest is 'summary'"),
        ('upstream: "#4215"\n', "", 2, "missing required field `upstream`"),
        ('"#4215"', "4215", 3, "`upstream` is 4215: expected `str | array`, got `int`"),
        ('"#4215"', '"4215"', 3, "`upstream` is '4215'; expected an issue"),
        (">=2.0.0rc3", "latest", 4, "'latest': expected versions such as"),
        ("ERR-030", "ERR-O30", 6, "there is no case 'ERR-O30'; the nearest is 'ERR-030'"),
        ("FATE-010.cancel.*", "FATE-020.*", 9, "no case matches 'FATE-020.*'"),
        ('"stands CANCELED"', "[]", 9, "expected `str | object`"),
        ('">=2.0.0rc3": "stayed', '"<1.222": "stayed', 6, "overlap"),
        ('"stands CANCELED"', '{"<1.200": "x"}', 9, "the defect is not on <1.200"),
        ("versions:", "worlds: [moon]\nversions:", 4, "is 'moon': expected one of simulator, cassettes, testnet"),
        ("  FATE", '  ERR-030: "x"\n  FATE', 9, "`ERR-030` is given twice"),
        ("summary: ", "summary: [", 3, "not YAML"),
    ],
)
def test_what_breaks_the_schema_is_refused_with_its_line(
    old: str, new: str, line: int, message: str, tmp_path: Path
) -> None:
    """Every mistake is a typed error that names file, line, field and what was meant."""
    with pytest.raises(DefectsError) as refusal:
        load_defects(write(tmp_path, SOUND.replace(old, new, 1)), CASES)

    assert f"rejected-while-live.yaml:{line}:" in str(refusal.value)
    assert message in str(refusal.value)


def test_two_causes_of_one_failure_are_refused(tmp_path: Path) -> None:
    """Both files are named: on one version a case fails in one way. In worlds apart both may stand."""
    write(tmp_path)
    other = 'summary: "x"\nupstream: unreported\nversions: "<1.223"\ncases:\n  FATE-010.cancel.408: "other"\n'
    write(tmp_path, other, "another")

    with pytest.raises(DefectsError, match=r"FATE-010\.cancel\.408 on .* is in another too"):
        load_defects(tmp_path, CASES)

    write(tmp_path, other + "worlds: [testnet]\n", "another")
    write(tmp_path, SOUND + "worlds: [simulator]\n")
    assert len(load_defects(tmp_path, CASES).entries) == 2


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """No folder is a mistake; an empty one is a record without defects."""
    with pytest.raises(DefectsError, match="no such folder of defects"):
        load_defects(tmp_path / "nowhere", CASES)
    assert load_defects(tmp_path, CASES).entries == ()


@pytest.mark.parametrize(
    ("outcome", "signature", "expected", "problem"),
    [
        (Outcome.FAILED, "stands REJECTED", True, None),
        (Outcome.FAILED, "another", False, "but failed with 'another'"),
        (Outcome.PASSED, None, False, "but passed"),
        (Outcome.UNSUPPORTED, None, False, "but is unsupported"),
        (Outcome.BROKEN, None, False, None),
        (Outcome.DRIFTED, None, False, None),
    ],
)
def test_a_known_failure_is_held_to_the_truth(
    outcome: Outcome, signature: str | None, expected: bool, problem: str | None, tmp_path: Path
) -> None:
    """What passes or fails differently is an error that names the command; what broke disproves nothing."""
    known = load_defects(write(tmp_path), CASES).matching("ERR-030", "1.231.0", "simulator")

    found = judge(outcome, signature, known)

    assert found[0] is expected
    assert (found[1] is None) if problem is None else (problem in str(found[1]) and "--update" in str(found[1]))


@pytest.mark.parametrize(("outcome", "expected"), [(Outcome.FAILED, False), (Outcome.PASSED, True)])
def test_without_a_record_a_case_must_pass(outcome: Outcome, expected: bool) -> None:
    """A failure that nobody knows of is unexpected."""
    assert judge(outcome, "x", None) == (expected, None)


def test_a_defect_is_written_as_it_was_read(tmp_path: Path) -> None:
    """One form, so that changes of two people merge; what stands above the first field stays."""
    (defect,) = load_defects(write(tmp_path), CASES).entries

    write_defect(tmp_path, defect)

    assert (tmp_path / "rejected-while-live.yaml").read_text() == SOUND
    assert load_defects(tmp_path, CASES).entries[0].cases == defect.cases


def test_cells_that_are_alike_are_one_pattern() -> None:
    """The shortest branch whose known cells all show the same; a branch of one cell is that cell."""
    shown = dict.fromkeys(CASES[1:], ((None, "x"),))

    assert list(by_family(shown, CASES)) == ["FATE-010.*"]  # type: ignore[arg-type]
    del shown["FATE-010.place.408"]
    assert list(by_family(shown, CASES)) == ["FATE-010.cancel.*"]  # type: ignore[arg-type]
    shown["FATE-010.cancel.408"] = ((None, "y"),)
    assert sorted(by_family(shown, CASES)) == ["FATE-010.cancel.408", "FATE-010.cancel.503"]  # type: ignore[arg-type]


def test_the_suites_own_defects_are_sound() -> None:
    """Each names cases that exist, and none contradicts another."""
    from conformance.locations import DEFECTS
    from conformance.running.catalogue import collect

    assert load_defects(DEFECTS, list(collect())).entries
