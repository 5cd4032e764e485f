"""The command line: a thin layer over pytest, one module a command. Its entry point is `main`."""

import importlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Never, override

import click

from conformance.cli.ending import ending_well
from conformance.nearest import nearest

#: Command → the first sentence of its help. Held here so that `--help` imports no command; a test compares the two.
COMMANDS: Mapping[str, str] = {
    "gate": "Compare a candidate version with a baseline and decide about the upgrade.",
    "run": "Run the cases on one NautilusTrader version.",
    "cases": "List every case; runs nothing.",
    "defects": "List the known defects of NautilusTrader's versions, or correct the list by results.",
    "report": "Show results files as a table of cases × versions.",
    "wire": "Tell what two stored runs do differently on the wire.",
    "check": "Judge stored histories by the invariants.",
    "matrix": "Run many versions in many profiles; what is whole already is not run again.",
    "record": "Record the cases' conversations as cassettes.",
    "simulator": "Serve the simulator alone, for any Binance client.",
    "latency": "Measure the latency of a version, or of two side by side.",
    "mutants": "Break a version on purpose, one thing at a time, and see whether a case says so.",
    "explore": "Explore a version with generated programs.",
    "vacuity": "Run the cases on traders that do not do their work, and list those that still pass.",
    "bisect": "Find the version that broke a case, or mended it.",
    "cache": "List the installed versions, and remove unused ones.",
    "doctor": "Say what is missing or wrong on this machine.",
}


class Commands(click.Group):
    """A group that imports a command only when it is called, and ends every command with its own exit code."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its `command`."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"conformance.cli.{cmd_name}").command
        return command

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; an unknown one is refused with the nearest, which click cannot list."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"No such command {name!r}{nearest(name, COMMANDS)}.")
        return super().resolve_command(ctx, args)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    @override
    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the group's own arguments."""
        with ending_well():
            return super().make_context(*args, **kwargs)

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Parse the command's arguments and run it."""
        with ending_well():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="nautilus-binance-conformance", prog_name="conformance")
def cli() -> None:
    """Does this NautilusTrader version still keep the contract between a trading system and Binance?

    Begin with `conformance doctor`, then `conformance gate`: it compares the newest stable version with the newest
    release, on a simulated venue, and needs no credentials.

    \b
    Exit codes: 0 upgrade, or all as expected   1 regressed, or not as expected
                2 the suite or its environment broke   3 inconclusive   4 wrong usage
    """


def main() -> Never:
    """Run the command line. A request to terminate ends it as Ctrl-C does, so that nothing is left running."""
    from conformance.subject.secrecy import hide_from_others

    hide_from_others()
    _sound_streams()
    signal.signal(signal.SIGTERM, _interrupt)
    # A shell starts background jobs of a script with SIGINT ignored, and pytest would inherit that: it could not be
    # asked to end, only killed.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The terminal was closed; under nohup it may be.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    cli()
    raise AssertionError("click exits by itself")


def _sound_streams() -> None:
    """Let no output fail for its encoding, nor because a shell has closed it (`>&-`): the verdict would be lost."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            # In this order each takes the file descriptor that is its own, so that no other file gets it.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - to the end
        elif mode == "w":
            stream.reconfigure(errors="replace")


def _interrupt(number: int, _frame: FrameType | None) -> Never:
    raise KeyboardInterrupt(signal.Signals(number).name)
