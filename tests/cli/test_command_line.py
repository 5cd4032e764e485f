"""The command line: help that helps, errors that name the remedy, and an exit code for every end."""

import errno
import importlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Never

import click
import pytest
from click.testing import CliRunner, Result

from conformance import __main__
from conformance.cli import COMMANDS, cli, ending
from conformance.running.options import CACHE_DATABASE_VARIABLE as VARIABLE
from conformance.verdict.decision import Decision
from conformance.verdict.results import ResultsWriter
from tests.support.fake_pytest import result

STOPPED_AT = "conformance.running.catalogue.collect"
CATALOGUE = {
    case_id: {
        "id": case_id,
        "requirement": requirement,
        "group": group,
        "card": "TC-E21",
        "rule": "New Algo Order",
        "upstream": ["#3287"],
        "worlds": worlds,
        "needs": [],
        "test": f"conformance/cases/{group}.py::test",
    }
    for case_id, requirement, group, worlds in (
        ("ORDER-010", "A market order MUST fill.", "orders", ["simulator", "cassettes"]),
        ("STOP-010", "A STOP_MARKET MUST be accepted by the Algo service.", "stops", ["simulator"]),
    )
}


def invoke(*arguments: str) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(cli, arguments)


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases, without collecting any."""
    for place in (STOPPED_AT, "conformance.running.single.collect"):
        monkeypatch.setattr(place, lambda _folders=(): CATALOGUE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    """`COMMAND --help` says what it does, and the list of commands says it in the same first words."""
    command: click.Command = importlib.import_module(f"conformance.cli.{name}").command
    shown = invoke(name, "--help")

    assert shown.exit_code == 0
    assert command.name == name
    assert (command.help or "").startswith(COMMANDS[name])


def test_help_imports_no_pytest() -> None:
    """Help is quick: it loads neither pytest nor any room of the suite but the command line's own."""
    code = (
        "import sys; from conformance.cli import cli; cli(['gate', '--help'], standalone_mode=False);"
        "print([name for name in ('pytest', 'aiohttp', 'rich', 'jinja2', 'conformance.report') if name in sys.modules])"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.splitlines()[-1] == "[]"


def test_the_exit_codes_are_the_verdicts() -> None:
    """The numbers that the command line keeps apart from the verdict's are the same."""
    assert (ending.BROKEN, ending.INCONCLUSIVE, ending.WRONG_USAGE) == (
        Decision.BROKEN,
        Decision.INCONCLUSIVE,
        Decision.WRONG_USAGE,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Usage:"),
        (["gat"], "No such command 'gat'"),
        (["gate", "--basline", "1.230.0"], "No such option"),
        (["gate", "--world", "mainnet"], "'mainnet' is not one of 'simulator', 'cassettes', 'testnet'"),
        (["run"], "Missing option '--nautilus'"),
        (["run", "--nautilus", "newest", "--overlay", "binance"], "expected MODULE=DIR, such as"),
        (["run", "--nautilus", "newest", "--overlay", "a.b=/nowhere/at/all"], "there is no folder /nowhere/at/all"),
        (["record", "--world", "cassettes"], "is not one of 'simulator', 'testnet'"),
        (["simulator", "--port", "70000"], "0<=x<=65535"),
        (["simulator", "--state", "/nowhere/at/all"], "does not exist"),
        (["report"], "Missing argument 'RESULTS...'"),
        (["latency"], "Missing option '--nautilus'"),
    ],
)
def test_wrong_usage_exits_4(arguments: list[str], message: str) -> None:
    """Click's own 2 would say that the suite broke; wrong usage is 4, with what was expected."""
    shown = invoke(*arguments)

    assert shown.exit_code == Decision.WRONG_USAGE
    assert message in shown.output


def test_wrong_usage_exits_4_in_a_real_process() -> None:
    """The installed entry point has the same exit code as the function."""
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "gate", "--nope"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == Decision.WRONG_USAGE
    assert "No such option" in ended.stderr


def test_an_overlay_must_be_a_package(tmp_path: Path) -> None:
    """A folder without `__init__.py` cannot be laid over a package."""
    shown = invoke("run", "--nautilus", "newest", "--overlay", f"nautilus_trader.adapters.binance={tmp_path}")

    assert shown.exit_code == Decision.WRONG_USAGE
    assert "it has no __init__.py" in " ".join(shown.output.split())


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("command", [["gate"], ["run", "--nautilus", "newest"], ["record"]])
def test_an_unknown_case_names_the_nearest(command: list[str]) -> None:
    """An id that no case has is refused before anything is made ready."""
    shown = invoke(*command, "--case", "STOP-O10")

    assert shown.exit_code == Decision.WRONG_USAGE
    assert "there is no case 'STOP-O10'; the nearest is 'STOP-010'" in shown.output


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("command", [["gate"], ["run", "--nautilus", "newest"]])
def test_a_case_without_a_place_names_its_worlds(command: list[str]) -> None:
    """A case that cannot run in the world is refused before anything is made ready, with the worlds that it has."""
    shown = invoke(*command, "--world", "cassettes", "--case", "STOP-010")

    assert shown.exit_code == Decision.WRONG_USAGE
    assert "nothing to run in the cassettes world: STOP-010 runs in simulator." in shown.output


@pytest.mark.parametrize(
    ("given", "environment", "named"),
    [(["--cache-database", "x"], {VARIABLE: "y"}, "'--cache-database'"), ([], {VARIABLE: "y"}, VARIABLE)],
)
def test_a_wrong_cache_database_is_named_by_how_it_was_given(
    given: list[str], environment: dict[str, str], named: str
) -> None:
    """Who gave an option must not look for a variable, nor the other way round."""
    shown = CliRunner().invoke(cli, ["run", "--nautilus", "newest", *given], env=environment)

    assert shown.exit_code == Decision.WRONG_USAGE
    assert f"Invalid value for {named}: " in shown.output


@pytest.mark.parametrize("given", ["stable", "nothing.whl"])
def test_the_version_before_is_an_exact_one(given: str) -> None:
    """A word for a version means another one tomorrow, and a wheel that is not there none: both are wrong usage."""
    shown = CliRunner().invoke(cli, ["run", "--nautilus", "newest", "--kept-by", given])

    assert shown.exit_code == Decision.WRONG_USAGE
    assert "Invalid value for '--kept-by': " in shown.output


@pytest.mark.usefixtures("catalogue")
def test_cases_are_listed_for_people() -> None:
    """A person sees every case with its requirement."""
    shown = invoke("cases")

    assert shown.exit_code == 0
    for text in ("ORDER-010", "STOP-010", "TC-E21", "2 cases"):
        assert text in shown.output


@pytest.mark.usefixtures("catalogue")
def test_cases_are_listed_for_programs() -> None:
    """`--json` has everything known of each case, and nothing else on stdout."""
    shown = invoke("cases", "--json")

    assert json.loads(shown.stdout) == list(CATALOGUE.values())


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "interrupted; nothing was left running"),
        (RuntimeError("a fault of ours"), 2, "this is a fault of the suite, not a verdict"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "Error: cannot write: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "r.jsonl"), 2, "Error: cannot write r.jsonl: Permission"),
        (click.ClickException("some trouble"), 2, "some trouble"),
    ],
)
def test_no_fault_looks_like_a_verdict(
    error: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python and click end with 1 on Ctrl-C and on tracebacks, which would say that the candidate regressed."""

    def fail(_folders: object = ()) -> Never:
        raise error

    monkeypatch.setattr(STOPPED_AT, fail)

    shown = invoke("cases")

    assert shown.exit_code == code
    assert message in shown.output


def test_a_report_of_half_a_run_is_refused(tmp_path: Path) -> None:
    """A results file without its footer is wrong input, named with its line."""
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    write(whole)
    cut.write_text("\n".join(whole.read_text().splitlines()[:-1]) + "\n")

    shown = invoke("report", str(whole), str(cut))

    assert shown.exit_code == Decision.WRONG_USAGE
    assert "cut.jsonl:2" in shown.output
    assert "expected the footer" in shown.output


def test_a_report_is_a_table_of_versions(tmp_path: Path) -> None:
    """`report` makes the README's table, and one for the terminal."""
    write(tmp_path / "run.jsonl")

    markdown = invoke("report", "--markdown", str(tmp_path / "run.jsonl"))
    terminal = invoke("report", str(tmp_path / "run.jsonl"))

    assert "| case | 1.231.0 |" in markdown.output
    assert "STOP-010" in terminal.output
    assert "|---|" not in terminal.output


def test_a_report_of_two_runs_is_a_comparison_and_of_more_a_matrix(tmp_path: Path) -> None:
    """`--html` writes the page of a gate, or cases × versions; a measurement of other versions is refused."""
    write(tmp_path / "run.jsonl")
    one, page, latency = str(tmp_path / "run.jsonl"), tmp_path / "pages" / "page.html", tmp_path / "latency.json"
    figures = {"series": "submit", "percentile": "p50", "measured_ns": 1_500_000, "against_ns": 10**6, "ratio": 1.5}
    measured = {"headline": "slower", "reasons": ["p50"], "comparison": [{**figures, "verdict": "slower"}]}
    latency.write_text(json.dumps({**measured, "versions": {"measured": "1.231.0", "against": "1.231.0"}}))

    assert invoke("report", one, one, "--html", str(page), "--latency", str(latency)).exit_code == 0
    assert "NautilusTrader 1.231.0 against 1.231.0" in page.read_text()
    assert "1.500 ms" in page.read_text()
    assert invoke("report", one, one, one, "--html", str(page)).exit_code == 0
    assert 'class="matrix"' in page.read_text()
    latency.write_text(json.dumps({**measured, "versions": {"measured": "1.230.0", "against": "1.231.0"}}))
    refused = invoke("report", one, one, "--html", str(page), "--latency", str(latency))
    assert refused.exit_code == Decision.WRONG_USAGE
    assert "is of 1.230.0 against 1.231.0" in refused.output


def write(path: Path) -> None:
    """Write a whole results file of one case."""
    from conformance.verdict.results import Header

    header = Header(
        suite_revision="abc",
        subject="1.231.0",
        installed="not at all",
        python="3.12.1",
        world="simulator",
        platform="test",
        started="2026-11-22T08:00:00+00:00",
    )
    writer = ResultsWriter(path, header)
    writer.write(result("STOP-010", "P"))
    writer.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_as_ctrl_c_does(number: signal.Signals, tmp_path: Path) -> None:
    """Also where a shell has SIGINT ignored: a served simulator closes its port and ends, with no traceback."""
    code = (
        # Under nohup, which is how these tests may run, a hang-up ends nothing.
        "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL);"
        "signal.signal(signal.SIGINT, signal.SIG_IGN);"
        "sys.argv = ['conformance', 'simulator', '--port', '0'];"
        "from conformance.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as serving:
        assert serving.stdout is not None
        for line in serving.stdout:
            if line.startswith(b"Ctrl-C"):
                break
        serving.send_signal(number)
        rest, _ = serving.communicate(timeout=30)

    assert serving.returncode == 0
    assert b"Traceback" not in rest


def test_windows_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it cannot run it says so, and where it can, before anything is imported that would fail there."""
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(SystemExit) as ended:
        __main__.main()

    assert ended.value.code == Decision.WRONG_USAGE
    assert "runs on Linux and macOS" in capsys.readouterr().err
