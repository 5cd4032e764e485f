"""What a run is asked for: one declaration, from which the command line's and the plugin's options follow."""

import functools
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from conformance.cli.options import run_options
from conformance.plugin.options import destination, options_of, pytest_addoption
from conformance.running import options
from conformance.running.options import DECLARED, RunOptions, pytest_arguments
from conformance.subject import machine

EVERYTHING = RunOptions(
    nautilus="1.231.0",
    world="cassettes",
    profile="checks",
    tier="full",
    case_ids=("STOP-010", "STOP-020"),
    kept_by="1.230.0",
    python="3.13",
    index="https://example.org/simple",
    results=Path("/results/run.jsonl"),
    histories=Path("/results/histories"),
    runs="5",
    record=Path("/cassettes"),
    cassettes=Path("/other"),
    defects=Path("/known"),
)
"""A value for every option that pytest has, but those that are checked against the machine."""


def by_pytest(arguments: list[str]) -> RunOptions:
    """Return what the plugin reads from pytest's command line."""
    parser = pytest.Parser(_ispytest=True)
    # The version is there before the others: the plugin waits for it.
    parser.addoption("--nautilus", dest=destination("nautilus"))
    pytest_addoption(parser)
    given = parser.parse_known_args(arguments)

    class Config:
        stash = pytest.Stash()

        def getoption(self, name: str, default: object) -> object:
            return getattr(given, name, default)

    return options_of(Config())  # type: ignore[arg-type]


def test_what_the_command_line_asks_for_pytest_is_asked_for() -> None:
    """Every field goes to pytest and comes back as it was: nothing is lost between the two processes."""
    assert by_pytest(pytest_arguments(EVERYTHING)) == EVERYTHING


def test_everything_is_tried_here() -> None:
    """A new field is part of the round trip, unless it never reaches the plugin or needs the machine's help."""
    untried = {each.name for each in fields(RunOptions) if getattr(EVERYTHING, each.name) == each.default}
    assert untried == {"case_folders", "workers", "cache_database", "overlays"}


def test_what_was_not_given_is_the_default_in_both() -> None:
    """The defaults stand once: pytest without options asks for the same as the command line without options."""
    assert by_pytest([]) == asked() == RunOptions()


def asked(*arguments: str) -> RunOptions:
    """Return what a command that runs cases is asked for."""
    kept: list[RunOptions] = []

    @click.command()
    @run_options()
    def command(*, options: RunOptions) -> None:
        kept.append(options)

    ended = CliRunner().invoke(command, arguments)
    assert ended.exit_code == 0, ended.output
    return kept[0]


def test_commands_take_every_option_that_they_offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reaches its field, the repeated ones as often as they are given."""
    monkeypatch.chdir(tmp_path)
    folders = Path("mine"), Path("ours")
    for folder in folders:
        folder.mkdir()

    given = asked(*pytest_arguments(EVERYTHING)[: 2 * 8], "-n", "3", "--cases", "mine", "--cases", "ours")

    assert given.case_folders == folders
    assert given.workers == 3
    assert replace(given, case_folders=(), workers=None) == replace(
        RunOptions(),
        **{each.name: getattr(EVERYTHING, each.name) for each in DECLARED[:5]},
        kept_by="1.230.0",
        python="3.13",
    )


@pytest.mark.parametrize(
    ("given", "cases", "at_once", "workers"),
    [
        ({}, 800, 1, 28),
        ({}, 800, 2, 14),
        ({"workers": 2}, 50, 1, 2),
        ({"workers": 8}, 50, 1, 8),
        ({"workers": 8}, 50, 2, 4),
        ({"workers": 1}, 50, 2, 1),
        ({}, 16, 1, 1),
        ({}, 17, 1, 2),
        ({"runs": "6"}, 3, 1, 2),
        ({"runs": "40"}, 3, 1, 3),
        ({"workers": 8}, 3, 1, 3),
        ({}, 0, 1, 1),
        ({"world": "testnet", "workers": 8}, 500, 1, 1),
    ],
)
def test_a_run_uses_all_cores_unless_told(
    given: dict[str, object], cases: int, at_once: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven processes a core for all runs together, never more than the cases are worth, and one on the testnet."""
    counted: Callable[[], int] = lambda: 4  # noqa: E731 - given to a patch
    monkeypatch.setattr(options, "cores", counted)
    monkeypatch.setattr(machine, "most_at_once", lambda: 100)

    assert replace(RunOptions(), **given).workers_for(cases, at_once) == workers  # type: ignore[arg-type]


def test_there_are_no_more_processes_than_memory_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with many cores and little memory runs fewer subjects; one that does not say how much it has, all."""
    counted: Callable[[], int] = lambda: 4  # noqa: E731 - given to a patch
    monkeypatch.setattr(options, "cores", counted)
    found = []
    for room in (5, 0, None):
        monkeypatch.setattr(machine, "most_at_once", functools.partial(lambda given: given, room))
        found.append(RunOptions().workers_for(500))

    assert found == [5, 1, 28]
