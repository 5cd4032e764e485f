"""The commands that run just one case again: they do what was asked for, and can be copied from anywhere."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.report.comparison import Comparison
from conformance.report.findings import Finding
from conformance.running.options import RunOptions, asked_of
from conformance.verdict.joining import joined
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results
from conformance.verdict.verdict import compare
from tests.report.examples import result, results


def run(outcome: Outcome, options: RunOptions) -> Results:
    """Return a run of one case with these options."""
    whole = results("1.231.0", result("STOP-010", outcome))
    header = replace(whole.header, profile=Path(options.profile).stem, asked=asked_of(options), world=options.world)
    return replace(whole, header=header)


def commands(baseline: Results, candidate: Results) -> list[str]:
    """Return how to run the case again that changed."""
    verdict = compare(baseline, candidate)
    (change,) = verdict.changes[:1]
    return Finding(Comparison(verdict, baseline, candidate), change).commands


def test_a_profile_of_ones_own_is_named_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name alone would be refused; its path is whole, so that it can be run from another folder."""
    monkeypatch.chdir(tmp_path)
    asked = RunOptions(nautilus="1.231.0", profile="desk.toml")

    gate, alone = commands(run(Outcome.PASSED, asked), run(Outcome.FAILED, asked))

    assert alone == f"conformance run --nautilus 1.231.0 --case STOP-010 --profile {tmp_path / 'desk.toml'}"
    assert gate.endswith(f"--case STOP-010 --profile {tmp_path / 'desk.toml'}")


def test_of_several_profiles_the_cases_own_is_named() -> None:
    """A case that changed in one profile is run again in that one, the default needs no word."""
    own = RunOptions(nautilus="1.231.0", profile="/firm/desk.toml")
    plain = RunOptions(nautilus="1.231.0")

    def both(outcome: Outcome) -> Results:
        return joined({"default": run(outcome, plain), "desk": run(outcome, own)})

    verdict = compare(both(Outcome.PASSED), both(Outcome.FAILED))
    found = {each.id: Finding(Comparison(verdict), each).commands[1] for each in verdict.changes}

    assert found == {
        "STOP-010@default": "conformance run --nautilus 1.231.0 --case STOP-010",
        "STOP-010@desk": "conformance run --nautilus 1.231.0 --case STOP-010 --profile /firm/desk.toml",
    }


def test_all_that_was_asked_for_is_asked_for_again() -> None:
    """A wheel by its path and not as the release of its name; cases, index, Python, overlay, world, tier, records."""
    wheel = "/dist/nautilus_trader-1.231.0-cp313-cp313-manylinux_2_35_x86_64.whl"
    asked = RunOptions(
        nautilus=wheel,
        case_folders=(Path("/firm/my cases"),),
        index="https://name:secret@index.test/simple",
        python="3.13",
        overlays=("nautilus_trader.adapters.binance=/firm/patched",),
        world="cassettes",
        tier="full",
        cassettes=Path("/firm/cassettes"),
        defects=Path("/firm/defects"),
    )

    gate, alone = commands(
        run(Outcome.PASSED, RunOptions(nautilus="1.230.0", world="cassettes")), run(Outcome.FAILED, asked)
    )

    assert gate.startswith(f"conformance gate --baseline 1.230.0 --candidate {wheel} --case STOP-010 ")
    for told in (
        "--cases '/firm/my cases'",
        "--index https://index.test/simple",
        "--python 3.13",
        "--overlay nautilus_trader.adapters.binance=/firm/patched",
        "--world cassettes",
        "--tier full",
        "--cassettes /firm/cassettes",
        "--defects /firm/defects",
    ):
        assert told in gate
        assert told in alone
    assert f"--nautilus {wheel} " in alone
    assert "secret" not in gate + alone


def test_results_that_do_not_say_what_was_asked_for_have_the_version() -> None:
    """Results of an earlier revision of the suite are told as well as they can be."""
    old = results("1.231.0", result("STOP-010", Outcome.FAILED))
    old = replace(old, header=replace(old.header, profile="checks"))

    assert commands(old, old)[1] == "conformance run --nautilus 1.231.0 --case STOP-010 --profile checks"
