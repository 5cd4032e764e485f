"""The record of defects, corrected by results."""

from pathlib import Path

import pytest

from conformance.running.errors import RunRefusedError
from conformance.running.recording_defects import Naming, correct
from conformance.verdict.defects import DefectsError, load_defects
from conformance.verdict.results import Header, ResultsWriter
from conformance.verdict.updating import Update
from tests.support.fake_pytest import result

CASES = ["ERR-030", "ERR-040", "FATE-010.cancel.408", "FATE-010.cancel.503", "FATE-010.place.408"]
KNOWN = """\
summary: "an order is rejected while it is live"
upstream: "#4215"
versions: ">=1.221.0,<2"
cases:
  ERR-030: "stands REJECTED"
"""
NAMED = Naming("new-one", "a fill is lost", ("#1",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one defect."""
    (tmp_path / "defects").mkdir()
    (tmp_path / "defects" / "known.yaml").write_text(KNOWN)
    return tmp_path / "defects"


def ran(
    folder: Path, version: str, cases: dict[str, str], world: str = "simulator", nth: int = 1, profile: str = ""
) -> Path:
    """Write the results of a run, cases in short form, and return the file."""
    path = folder.parent / f"{version}-{world}-{profile}-{nth}.jsonl"
    writer = ResultsWriter(
        path,
        Header(
            suite_revision="abc",
            subject=version,
            installed="not at all",
            python="3.12.1",
            world=world,
            platform="test",
            started="2026-11-22T08:00:00+00:00",
            profile=profile,
        ),
    )
    for case_id, short in cases.items():
        writer.write(result(case_id, short))
    writer.close()
    return path


def cases_of(folder: Path, name: str) -> str:
    """Return the cases in a defect's file."""
    return (folder / f"{name}.yaml").read_text().partition("cases:\n")[2]


def test_results_that_agree_change_nothing(folder: Path) -> None:
    """A known failure with its signature, and a case that passes and is not on record."""
    update = correct(folder, [ran(folder, "1.231.0", {"ERR-030": "F:stands REJECTED", "ERR-040": "P"})], CASES)

    assert update == Update()
    assert (folder / "known.yaml").read_text() == KNOWN


def test_what_passes_is_taken_off_the_record(folder: Path) -> None:
    """From the version on which it passes; the file goes where nothing is left."""
    correct(
        folder,
        [ran(folder, "1.222.0", {"ERR-030": "F:stands REJECTED"}), ran(folder, "1.231.0", {"ERR-030": "P"})],
        CASES,
    )
    assert cases_of(folder, "known") == '  ERR-030:\n    ">=1.221.0,<1.231.0": "stands REJECTED"\n'

    correct(folder, [ran(folder, "1.221.0", {"ERR-030": "P"}), ran(folder, "1.222.0", {"ERR-030": "P"}, nth=2)], CASES)
    assert not (folder / "known.yaml").exists()


def test_what_fails_differently_keeps_its_defect(folder: Path) -> None:
    """The signature changes where it did, and stays elsewhere."""
    files = [
        ran(folder, "1.222.0", {"ERR-030": "F:stands REJECTED"}),
        ran(folder, "1.231.0", {"ERR-030": "F:stayed SUBMITTED"}),
    ]

    correct(folder, files, CASES)

    assert cases_of(folder, "known") == (
        '  ERR-030:\n    ">=1.221.0,<1.231.0": "stands REJECTED"\n    ">=1.231.0,<2": "stayed SUBMITTED"\n'
    )


def test_the_same_failure_on_another_version_is_the_same_defect(folder: Path) -> None:
    """The defect's versions grow by it, and other cases do not claim the version."""
    (folder / "known.yaml").write_text(KNOWN + '  ERR-040: "stands REJECTED"\n')

    correct(folder, [ran(folder, "2.0.0rc6", {"ERR-030": "F:stands REJECTED", "ERR-040": "P"})], CASES)

    assert (folder / "known.yaml").read_text() == (
        KNOWN.replace('">=1.221.0,<2"', '[">=1.221.0,<2", ">=2.0.0rc6,<3"]') + '  ERR-040:\n    ">=1.221.0,<2": '
        '"stands REJECTED"\n'
    )


def test_a_new_failure_waits_for_its_cause(folder: Path) -> None:
    """Nobody but a person can say what a failure is caused by: it is told, with case and versions."""
    files = [ran(folder, version, {"ERR-040": "F:lost"}) for version in ("1.222.0", "1.231.0")]

    update = correct(folder, files, CASES)

    assert [(ran.case, str(ran.version)) for ran in update.unexplained] == [
        ("ERR-040", "1.222.0"),
        ("ERR-040", "1.231.0"),
    ]
    assert not update.changed


def test_new_failures_are_put_down_to_a_new_defect(folder: Path) -> None:
    """On the versions that show it, up to the next that does not, and for good where the newest does."""
    files = [
        ran(folder, "1.221.0", {"ERR-040": "P"}),
        ran(folder, "1.222.0", {"ERR-040": "F:lost"}),
        ran(folder, "1.231.0", {"ERR-040": "P"}),
        ran(folder, "2.0.0rc6", {"ERR-040": "F:lost"}),
    ]

    update = correct(folder, files, CASES, naming=NAMED)

    assert not update.unexplained
    assert (folder / "new-one.yaml").read_text() == (
        'summary: "a fill is lost"\nupstream: "#1"\nversions: [">=1.222.0,<1.231.0", ">=2.0.0rc6,<3"]\ncases:\n'
        '  ERR-040: "lost"\n'
    )
    assert correct(folder, files, CASES) == Update(), "the same results again change nothing"


def test_cells_of_a_family_become_a_pattern(folder: Path) -> None:
    """And it is taken apart where a cell is mended."""
    cells = dict.fromkeys(CASES[2:], "F:lost")
    correct(folder, [ran(folder, "1.231.0", cells)], CASES, naming=NAMED)
    assert cases_of(folder, "new-one") == '  FATE-010.*: "lost"\n'

    correct(folder, [ran(folder, "1.231.0", cells | {"FATE-010.place.408": "P"}, nth=2)], CASES)
    assert cases_of(folder, "new-one") == '  FATE-010.cancel.*: "lost"\n'


def test_only_the_cases_asked_for_are_put_down(folder: Path) -> None:
    """Two causes in one results file are told apart by the cases that show them."""
    files = [ran(folder, "1.231.0", {"ERR-040": "F:lost", "FATE-010.cancel.408": "F:lost"})]

    correct(folder, files, CASES, only=("FATE-*",), naming=NAMED)
    assert cases_of(folder, "new-one") == '  FATE-010.cancel.408: "lost"\n'

    correct(folder, files, CASES, only=("ERR-040", "FATE-*"), naming=NAMED)
    assert "ERR-040" in cases_of(folder, "new-one")


def test_a_failure_can_be_given_to_another_defect(folder: Path) -> None:
    """What fails differently since a version may have another cause: the old one ends there."""
    files = [
        ran(folder, "1.222.0", {"ERR-030": "F:stands REJECTED"}),
        ran(folder, "1.231.0", {"ERR-030": "F:lost"}),
    ]

    correct(folder, files, CASES, naming=NAMED)

    assert cases_of(folder, "known") == '  ERR-030:\n    ">=1.221.0,<1.231.0": "stands REJECTED"\n'
    assert cases_of(folder, "new-one") == '  ERR-030: "lost"\n'


def test_a_case_that_does_both_is_left_alone(folder: Path) -> None:
    """A case that passes in one run and fails in another of the same version is unsteady, and told."""
    files = [ran(folder, "1.231.0", {"ERR-030": "P"}), ran(folder, "1.231.0", {"ERR-030": "F:stands REJECTED"}, nth=2)]

    update = correct(folder, files, CASES)

    assert update.unsteady == ("ERR-030 on 1.231.0: not failed and stands REJECTED",)
    assert (folder / "known.yaml").read_text() == KNOWN


@pytest.mark.parametrize("short", ["B", "D", "U"])
def test_what_was_not_decided_corrects_nothing(folder: Path, short: str) -> None:
    """A broken suite, a drifted replay and a run without a cache database say nothing of the version."""
    assert correct(folder, [ran(folder, "1.231.0", {"ERR-030": short})], CASES) == Update()


def test_a_defect_that_shows_in_one_world_is_corrected_there(folder: Path) -> None:
    """What passes in another world takes nothing off its record."""
    (folder / "known.yaml").write_text(KNOWN.replace("cases:", "worlds: [simulator]\ncases:"))

    assert correct(folder, [ran(folder, "1.231.0", {"ERR-030": "P"}, world="cassettes")], CASES) == Update()


def test_a_dry_run_changes_nothing(folder: Path) -> None:
    """It says what would change."""
    update = correct(folder, [ran(folder, "1.231.0", {"ERR-030": "F:other"})], CASES, dry_run=True)

    assert [defect.id for defect in update.changed] == ["known"]
    assert (folder / "known.yaml").read_text() == KNOWN


def test_a_new_defect_needs_a_summary(folder: Path) -> None:
    """A record without a sentence that a trader understands is of no use; the nearest existing one is named."""
    with pytest.raises(RunRefusedError, match="no defect 'knwon'; the nearest is 'known'"):
        correct(folder, [], CASES, naming=Naming("knwon"))


def test_entries_of_cases_that_are_gone_go(folder: Path) -> None:
    """A case that was renamed is no obstacle to the command that mends the record."""
    update = correct(folder, [], ["ERR-040"])

    assert [defect.id for defect in update.emptied] == ["known"]
    assert not load_defects(folder).entries


def test_what_a_profile_shows_otherwise_is_written_down_for_it_alone(folder: Path) -> None:
    """A case that only passes, or fails otherwise, where a check repairs it: the rest of the record stays."""
    correct(folder, [ran(folder, "1.231.0", {"ERR-040": "F:is lost"}, profile="default")], CASES, naming=NAMED)
    files = [
        ran(folder, "1.231.0", {"ERR-030": "F:stands REJECTED", "ERR-040": "F:is lost"}, profile="default"),
        ran(folder, "1.231.0", {"ERR-030": "P", "ERR-040": "F:is late"}, profile="checks"),
    ]
    correct(folder, files, CASES)

    assert cases_of(folder, "known") == '  ERR-030: "stands REJECTED"\n  ERR-030@checks: "passes"\n'
    assert '  ERR-040@checks: "is late"\n' in cases_of(folder, "new-one")
    known = load_defects(folder, CASES)
    assert known.matching("ERR-030", "1.231.0", "simulator", "checks") is None
    assert str(getattr(known.matching("ERR-030", "1.231.0", "simulator", "desk"), "signature", "")) == "stands REJECTED"
    assert str(getattr(known.matching("ERR-040", "1.231.0", "simulator", "checks"), "signature", "")) == "is late"

    for again in (files, [ran(folder, "2.0.0rc3", {"ERR-030": "P", "ERR-040": "P"}, profile="checks")]):
        update = correct(folder, again, CASES)
        assert not update.changed
        assert not update.emptied

    oldest = ran(folder, "1.221.0", {"ERR-030": "F:stands REJECTED"}, profile="checks")
    correct(folder, [oldest, ran(folder, "1.231.0", {"ERR-030": "F:stands REJECTED"}, profile="checks")], CASES)
    assert cases_of(folder, "known") == '  ERR-030: "stands REJECTED"\n'


def test_passing_is_said_of_one_profile_only(folder: Path) -> None:
    """A case that shows nothing in any profile has no entry."""
    (folder / "known.yaml").write_text(KNOWN.replace("stands REJECTED", "passes"))
    with pytest.raises(DefectsError, match="`passes` is for one profile"):
        load_defects(folder, CASES)
