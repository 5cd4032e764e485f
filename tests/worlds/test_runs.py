"""Whole runs in the other worlds, as pytest inside pytest: how they end, and with which exit code."""

from pathlib import Path

import pytest

from conformance.subject.orders import limit
from conformance.verdict.decision import Decision
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, read_results
from conformance.worlds.simulator import SimulatorWorld
from conformance.worlds.testnet import KEY_VARIABLE, SECRET_VARIABLE, URL_VARIABLE
from tests.support.case_runs import Opener
from tests.support.forked_pytest import forked_pytest
from tests.support.pytest_runs import CONFTEST, PASSING

pytest_plugins = ["pytester"]

OPTIONS = ("--nautilus", "1.0.0", "--defects", "none", "--conformance-results", "results.jsonl")


@pytest.fixture
def cases(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with one case, whose subject is the stand-in."""
    pytester.makeconftest(CONFTEST)
    pytester.makeini(
        "[pytest]\naddopts = -p no:hypothesispytest\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function"
    )
    (pytester.path / "none").mkdir()
    pytester.makepyfile(test_cases=PASSING)
    return pytester


@pytest.fixture
async def tape(cases: pytest.Pytester, case_run: Opener) -> Path:
    """The case's cassette, where the runs look for it."""
    recording = case_run(world=SimulatorWorld(), record_to=cases.path / "tapes")
    await recording.open()
    trader = await recording.start_trader()
    order = await trader.submit(limit("BUY", "0.010", recording.market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await recording.conclude()
    await recording.close()
    return cases.path / "tapes" / "AAA-010.yaml"


def run(cases: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the case in a process of its own."""
    return forked_pytest(cases, *OPTIONS, *options)


def outcome(cases: pytest.Pytester) -> CaseResult:
    """Return the case's result."""
    return read_results(cases.path / "results.jsonl").cases["AAA-010"]


def test_testnet_without_credentials_runs_nothing(cases: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing credentials are wrong usage of the whole run, named once; no case is called broken for it."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    result = run(cases, "--world", "testnet")
    assert result.ret == Decision.WRONG_USAGE
    result.stderr.fnmatch_lines([f"ERROR: {KEY_VARIABLE} is not set*"])
    assert not (cases.path / "results.jsonl").exists()


@pytest.mark.parametrize(
    ("url", "options", "problem"),
    [("https://fapi.binance.com", (), "*may be production*"), ("http://127.0.0.1:1", ("-n", "2"), "*2 workers*")],
)
def test_testnet_run_that_must_not_be_is_refused(
    cases: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, url: str, options: tuple[str, ...], problem: str
) -> None:
    """A production host, and workers that would close each other's orders, are refused before anything is sent."""
    for name, value in ((KEY_VARIABLE, "k"), (SECRET_VARIABLE, "s"), (URL_VARIABLE, url)):
        monkeypatch.setenv(name, value)
    result = run(cases, "--world", "testnet", *options)
    assert result.ret == Decision.WRONG_USAGE
    result.stderr.fnmatch_lines([problem])


@pytest.mark.parametrize(("needs", "written"), [(["unrecordable"], []), (["market_moves"], ["AAA-010.yaml"])])
def test_only_a_case_that_can_be_replayed_is_recorded(
    cases: pytest.Pytester, needs: list[str], written: list[str]
) -> None:
    """A cassette of a case that has no place in the cassettes world would only lie there."""
    cases.makepyfile(test_cases=PASSING.replace('rule="New Order"', f"rule='New Order', needs={needs}"))
    result = run(cases, "--record", "new")
    assert result.ret == Decision.UPGRADE
    assert [tape.name for tape in (cases.path / "new").glob("*.yaml")] == written


def test_recorded_case_is_replayed(cases: pytest.Pytester) -> None:
    """A case recorded in one run passes in the next with no simulator behind it."""
    assert run(cases, "--record", "tapes").ret == Decision.UPGRADE
    assert run(cases, "--world", "cassettes", "--cassettes", "tapes").ret == Decision.UPGRADE
    assert outcome(cases).outcome is Outcome.PASSED


def test_changed_conversation_is_drift(cases: pytest.Pytester, tape: Path) -> None:
    """A trader that asks for something else than was recorded has drifted: exit 3, neither failed nor broken."""
    cases.makepyfile(test_cases=PASSING.replace('"0.010"', '"0.020"'))
    assert run(cases, "--world", "cassettes", "--cassettes", "tapes").ret == Decision.INCONCLUSIVE
    assert outcome(cases).outcome is Outcome.DRIFTED
    assert "quantity was recorded as 0.01, now 0.02" in (outcome(cases).reason or "")


def test_cut_cassette_is_broken(cases: pytest.Pytester, tape: Path) -> None:
    """A cassette cut in half says nothing about the subject: broken, exit 2, with the command that records it anew."""
    text = tape.read_text(encoding="utf-8")
    tape.write_text(text[: len(text) // 2], encoding="utf-8")
    assert run(cases, "--world", "cassettes", "--cassettes", "tapes").ret == Decision.BROKEN
    assert "conformance record --case AAA-010" in (outcome(cases).reason or "")


def test_missing_cassette_of_a_chosen_case_is_broken(cases: pytest.Pytester) -> None:
    """A case that was asked for by id and has no cassette says so; one that was not is left out."""
    cases.mkdir("tapes")
    assert run(cases, "--world", "cassettes", "--cassettes", "tapes", "--case", "AAA-010").ret == Decision.BROKEN
    assert "there is no cassette of this case" in (outcome(cases).reason or "")
    assert run(cases, "--world", "cassettes", "--cassettes", "tapes").ret == Decision.INCONCLUSIVE
    assert read_results(cases.path / "results.jsonl").cases == {}
