"""The plugin's options: those of `conformance.running.options`, as pytest takes and gives them."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.locations import SUITE
from conformance.running.options import DECLARED, Declared, RunOptions

_PARSED = pytest.StashKey[RunOptions]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option to pytest for each that a run has, beyond the version, which is there already."""
    group = parser.getgroup("conformance", "NautilusTrader conformance")
    for each in DECLARED:
        option = each.option
        if option.pytest_flag is not None and each.name != "nautilus":
            more: dict[str, Any] = {"choices": option.choices} if option.choices else {"type": _reader(each)}
            group.addoption(
                option.pytest_flag,
                dest=destination(each.name),
                action="append" if each.multiple else "store",
                metavar=option.metavar,
                default=None,
                help=option.help.replace("%", "%%"),
                **more,
            )


def options_of(config: pytest.Config) -> RunOptions:
    """Return what this run is asked for; raises `pytest.UsageError` for a wrong value from the environment."""
    if _PARSED not in config.stash:
        config.stash[_PARSED] = RunOptions(**dict(_given(config)))
    return config.stash[_PARSED]


def destination(name: str) -> str:
    """Return the name under which pytest keeps a field; no other plugin's."""
    return f"conformance_{name}"


def _given(config: pytest.Config) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for each in DECLARED:
        value = config.getoption(destination(each.name), None)
        variable = os.environ.get(each.option.variable or "", "").strip()
        if value is None and variable:
            value = _from_environment(each, variable)
        if value is not None:
            found.append((each.name, tuple(value) if each.multiple else value))
    return [*found, ("case_folders", _case_folders(config))]


def _case_folders(config: pytest.Config) -> tuple[Path, ...]:
    """Return the folders of cases that pytest was told, where they are not the contract's own."""
    if getattr(config, "args_source", None) is not pytest.Config.ArgsSource.ARGS:
        return ()
    named = [(config.invocation_params.dir / each.partition("::")[0]).resolve() for each in config.args]
    folders = dict.fromkeys(each if each.is_dir() else each.parent for each in named)
    return tuple(each for each in folders if not each.is_relative_to(SUITE / "cases"))


def _from_environment(each: Declared, text: str) -> Any:
    try:
        return _reader(each)(text)
    except argparse.ArgumentTypeError as error:
        raise pytest.UsageError(f"{each.option.variable}: {error}") from error


def _reader(each: Declared) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            checked = each.option.parse(text) if each.option.parse else text
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        return Path(checked) if each.option.path else checked

    return read
