"""Findings as data, and kept programs."""

from pathlib import Path

import msgspec
import pytest
import yaml

from conformance.datafile import DataFileError
from conformance.explore.exploring import Limits, explore
from conformance.explore.findings import Finding, Record, write_findings
from conformance.explore.kept import load_kept
from tests.explore.scripted_player import OneAfterTheOther, ScriptedPlayer, both
from tests.explore.some import of_all_kinds


def test_findings_are_kept_as_data(tmp_path: Path) -> None:
    """Each finding is a file that can be read again, with its timeline as text beside it; old ones go."""
    company = OneAfterTheOther(ScriptedPlayer(both))
    findings = explore(iter(of_all_kinds()), company, Record("1.231.0"), Limits(programs=60)).findings
    assert findings
    (tmp_path / "finding-77.json").write_text("{}", encoding="utf-8")
    write_findings(tmp_path, findings)
    written = [msgspec.json.decode(path.read_bytes(), type=Finding) for path in sorted(tmp_path.glob("*.json"))]
    assert [each.program for each in written] == [each.program for each in findings]
    assert "timeline" in (tmp_path / "finding-01.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [
        {"about": "a stop is cancelled", "steps": [{"do": "cancel", "order": "a"}]},
        {"about": "a stop is cancelled", "steps": [{"do": "dance"}]},
        {"steps": []},
    ],
)
def test_kept_program_that_cannot_be_played_is_refused(tmp_path: Path, content: object) -> None:
    """A file whose steps are unknown, or speak of orders that nobody made, is refused with its name."""
    path = tmp_path / "PRG-010.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(DataFileError, match=r"PRG-010\.yaml"):
        load_kept(tmp_path)


def test_kept_programs_of_the_suite_can_be_read() -> None:
    """Every program that the suite keeps says what it is about and can be played."""
    assert all(kept.words and kept.program.steps for kept in load_kept())


def test_kept_program_may_be_unhurried(tmp_path: Path) -> None:
    """A kept program says itself that nothing is to be asked about while it goes on; others are asked about early."""
    for name, more in (("PRG-001", ""), ("PRG-002", "unhurried: true\n")):
        text = f"about: something\n{more}steps: [{{do: submit, order: a}}]\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    assert {kept.name: kept.unhurried for kept in load_kept(tmp_path)} == {"PRG-001": False, "PRG-002": True}
