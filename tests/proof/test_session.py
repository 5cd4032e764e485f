"""A session goes on where it was, with what the contract and its lists have learned since."""

from pathlib import Path

import pytest

from conformance.proof.basis import Basis, Ground, write_ground
from conformance.proof.book import Trial
from conformance.proof.session import Session, measure, try_all

LINE = "execution.py:1"
MUTANT = "execution.py:1:4 constant"


def session(folder: Path, *case_ids: str, line: str = "x = 1") -> Session:
    """Return a session without a process, on a package of one line, whose basis has these cases."""
    package = folder / "package"
    package.mkdir()
    (package / "execution.py").write_text(f"{line}\n")
    made = Session("1.231.0", folder)
    object.__setattr__(made, "processes", 0)
    cases = {each: Basis(case_id=each, found="passed", seconds=1.0, lines=(LINE,)) for each in case_ids}
    write_ground(folder / "basis.json", Ground("1.231.0", "default", cases))
    vars(made).update(package=package, cases=dict.fromkeys(case_ids))
    return made


def survivor(**known: object) -> Trial:
    """Return the trial of a mutant that two cases touched and did not tell."""
    told = {"tried": 2, "missed_by": ("AAA-010", "AAA-020"), "touched_by": 2} | known
    return Trial(mutant=MUTANT, kind="source", fate="survived", **told)  # type: ignore[arg-type]


def test_a_new_case_opens_a_survivor_again(tmp_path: Path) -> None:
    """What survived is open to a case that the contract had not then; that others missed it stays known."""
    made = session(tmp_path, "AAA-010", "AAA-020", "BBB-010")
    made.book.write(survivor())

    (trial,) = try_all(made, [MUTANT], lambda _: None)

    assert (trial.touched_by, trial.missed_by) == (3, ("AAA-010", "AAA-020"))
    assert made.book.claim([MUTANT], 60) == MUTANT


def test_a_survivor_that_nothing_new_touches_stays_one(tmp_path: Path) -> None:
    """Without a new case there is nothing to try."""
    made = session(tmp_path, "AAA-010", "AAA-020")
    made.book.write(survivor())

    assert try_all(made, [MUTANT], lambda _: None) == [survivor()]
    assert made.book.claim([MUTANT], 60) is None


def test_a_survivor_that_has_a_reason_by_now_is_beyond(tmp_path: Path) -> None:
    """A row that the list has got since takes the survivor out of what a trader can meet."""
    made = session(tmp_path, "AAA-010", line="spot_margin = 1")
    mutant = "execution.py:1:14 constant"
    made.book.write(Trial(mutant=mutant, kind="source", fate="unreached"))

    (trial,) = try_all(made, [mutant], lambda _: None)

    assert (trial.fate, trial.why) == ("beyond", "Spot and margin")


def test_a_basis_that_has_every_case_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only cases that the contract has got since are measured."""
    measured: list[str] = []
    made = session(tmp_path, "AAA-010")
    monkeypatch.setattr("conformance.proof.session.together", lambda *_: measured.append("some"))

    assert list(measure(made, measured.append).cases) == ["AAA-010"]
    assert measured == []

    made.cases["BBB-010"] = None  # type: ignore[assignment]
    measure(made, measured.append)

    assert measured == ["1 cases on 1.231.0 as it is", "some"]
