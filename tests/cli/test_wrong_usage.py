"""What is asked for wrongly is refused before anything is installed or run, with exit code 4 and what to give."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.cli import cli, proving
from conformance.proof import session as sessions
from conformance.running.catalogue import collect
from conformance.running.errors import RunRefusedError
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import RunRequest
from conformance.running.single import run_single
from conformance.verdict.decision import Decision
from conformance.worlds.world import WorldError
from tests.proof.test_session import session
from tests.support.fake_subjects import FakeSubjects


def invoke(*arguments: str) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(cli, arguments)


def refused(result: Result) -> str:
    """Return what a command said that refused to begin."""
    assert result.exit_code == Decision.WRONG_USAGE, result.output
    return result.output


@pytest.mark.parametrize("command", [["run", "--nautilus", "1.231.0"], ["gate"], ["matrix", "1.231.0"]])
@pytest.mark.parametrize("option", ["--cases", "--cassettes", "--defects"])
def test_a_folder_that_is_to_be_read_has_to_be_there(command: list[str], option: str) -> None:
    """A mistyped folder is named with its option, and nothing is made ready for it."""
    said = refused(invoke(*command, option, "/nowhere/at-all"))

    assert option in said
    assert "/nowhere/at-all" in said


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    """Cases of one's own that cannot be read are one's own to mend: no fault of the suite."""
    with pytest.raises(RunRefusedError, match=r"--cases: .*there is no test_\*\.py"):
        collect([tmp_path])
    with pytest.raises(RunRefusedError, match=r"--cases: .*there is no such folder"):
        collect([tmp_path / "nowhere"])
    (tmp_path / "test_mine.py").write_text("import no_such_module")
    with pytest.raises(RunRefusedError, match=r"--cases: .*cannot be imported"):
        collect([tmp_path])


def test_a_run_without_a_folder_of_cassettes_does_not_begin(tmp_path: Path, steps: Steps) -> None:
    """It is refused once, and not broken in every case."""

    def commander(_: RunRequest) -> list[str]:
        raise AssertionError("nothing is run")

    asked = RunOptions(nautilus="1.231.0", world="cassettes", cassettes=tmp_path / "nowhere")
    subjects = FakeSubjects()

    with pytest.raises(WorldError, match="no such folder of cassettes"):
        run_single(asked, steps, subjects, commander=commander)
    assert subjects.provisioned == []


@pytest.mark.parametrize(
    ("arguments", "nearest"), [(["gat"], "'gate'"), (["bisekt"], "'bisect'"), (["cache", "prun"], "'prune'")]
)
def test_a_mistyped_command_has_a_suggestion(arguments: list[str], nearest: str) -> None:
    """The nearest command is named."""
    assert nearest in refused(invoke(*arguments))


@pytest.fixture
def unmeasured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sessions.Session:
    """A session on a version that is there; to measure its cases would be a mistake."""
    made = session(tmp_path, "AAA-010")
    monkeypatch.setattr(proving, "session_for", lambda *_: made)

    def measure(*_: Any) -> None:
        raise AssertionError("the cases were started")

    monkeypatch.setattr(sessions, "measure", measure)
    return made


@pytest.mark.parametrize(
    "name",
    ["execution.py:1:4 constnt", "request POST /fapi/v1/ordr side changed", "request POST /fapi/v1/order side chnged"],
)
def test_a_mistyped_mutant_is_refused_before_the_cases_are_measured(unmeasured: sessions.Session, name: str) -> None:
    """What no mutant is called is seen at once, with the nearest that there is."""
    said = refused(invoke("mutants", "--nautilus", "1.231.0", "--mutant", name))

    assert "has no mutant" in said
    assert (name.startswith("request")) or "the nearest is 'execution.py:1:4 constant'" in said


def test_the_source_of_a_compiled_version_is_refused_before_the_cases_are_measured(
    unmeasured: sessions.Session, tmp_path: Path
) -> None:
    """A 2.x has no source to mutate, which is known once it is installed."""
    vars(unmeasured)["package"] = tmp_path / "nowhere"

    said = refused(invoke("mutants", "--nautilus", "2.0.0rc7", "--kind", "source"))

    assert "--kind wire" in said


def test_a_mutant_on_the_wire_may_have_to_be_looked_for(unmeasured: sessions.Session) -> None:
    """A field that no case may show is known only once the cases were measured."""
    sessions.check_asked(unmeasured, (), ["request POST /fapi/v1/order side changed", "event OrderFilled hidden"])
