"""What `conformance doctor` looks at: each check says what it found and, if that is not well, what to do."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from conformance.binance.usdm import TIME
from conformance.running.subjects import Subjects
from conformance.subject.errors import ProvisionError
from conformance.worlds.cache_database import VARIABLE, CacheDatabase, CacheDatabaseError

TESTNET_VARIABLES = ("BINANCE_FUTURES_TESTNET_API_KEY", "BINANCE_FUTURES_TESTNET_API_SECRET")
TESTNET_TIME_URL = f"https://testnet.binancefuture.com{TIME.path}"
#: Binance refuses a request from more than 1,000 ms in its future; half of it leaves room for the network.
CLOCK_TOLERANCE_MS = 500
_CLOCK_WITHIN_S = 5.0
OLD_AFTER_DAYS = 60
_OLDEST_PYTHON = (3, 12)
_CHILD = str(Path("conformance", "subject", "child", "__main__.py"))


class State(StrEnum):
    """How a thing is: only `missing` stops the main job, the gate in the simulator world."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: State
    detail: str
    remedy: str = ""


def looked(what: str, check: Callable[[], Finding]) -> Finding:
    """Return what a check finds; that it cannot look, such as into a folder that is a file, is a finding as well."""
    try:
        return check()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return Finding(what, State.MISSING, f"{where}{error.strerror or error}", "make it readable, or name another")


def findings(on_look: Callable[[str], object]) -> Iterator[Finding]:
    """Look at everything, one after another, saying before each what is looked at."""
    from conformance.running.subjects import cache_folder, real_subjects

    subjects = real_subjects()
    checks: dict[str, Callable[[], Finding]] = {
        "Python": python,
        "uv": uv,
        "the package index": lambda: index(subjects, "newest", "package index", State.MISSING),
        "the nightly index": lambda: index(subjects, "nightly", "nightly index", State.WARN),
        "the cache database": lambda: cache_database(os.environ),
        "credentials": lambda: credentials(os.environ),
        "the clock": clock,
        "stale subjects": stale_subjects,
        "cached environments": lambda: environments(cache_folder()),
    }
    for name, check in checks.items():
        on_look(name)
        yield looked(name, check)


def python() -> Finding:
    """Look whether this Python is one that the suite and NautilusTrader run on."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _OLDEST_PYTHON:
        wanted = ".".join(map(str, _OLDEST_PYTHON))
        return Finding("Python", State.MISSING, f"{found}; {wanted} or newer is needed", f"install Python {wanted}")
    return Finding("Python", State.OK, found)


def uv() -> Finding:
    """Look whether uv, which makes the subjects' environments, is there and starts."""
    path = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if path is None:
        return Finding("uv", State.MISSING, "not found", "install it: python3 -m pip install uv")
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("uv", State.MISSING, f"{path} does not start: {error}", "install it again: pip install -U uv")
    return Finding("uv", State.OK, said.strip())


def index(subjects: Subjects, version: str, what: str, state: State) -> Finding:
    """Look whether an index answers, by asking it for a version as a run would; `state` if it does not."""
    try:
        return Finding(what, State.OK, f"{version} is NautilusTrader {subjects.resolve(version)}")
    except ProvisionError as error:
        remedy = "runs still work on versions that are installed already; see `--nautilus VERSION`"
        return Finding(what, state, str(error), remedy)


def cache_database(environ: Mapping[str, str]) -> Finding:
    """Look whether a cache database is named, and whether it can be used."""
    what = "cache database"
    given = environ.get(VARIABLE, "").strip()
    if not given:
        remedy = f"if your system keeps its cache in Redis: give the gate one of its own, {VARIABLE}=HOST:PORT"
        return Finding(what, State.WARN, "none, so warm restarts are not compared", remedy)
    try:
        database = CacheDatabase.parse(given)
        return Finding(what, State.OK, f"Redis {database.check()} at {database}")
    except CacheDatabaseError as error:
        return Finding(what, State.MISSING, str(error), f"or unset {VARIABLE}")


def credentials(environ: Mapping[str, str]) -> Finding:
    """Look whether the testnet's credentials are there. Their values are never read further than that."""
    lacking = [name for name in TESTNET_VARIABLES if not environ.get(name, "").strip()]
    if lacking:
        return Finding(
            "testnet credentials",
            State.WARN,
            f"not set: {', '.join(lacking)}",
            "set them before `--world testnet`; the other worlds need none",
        )
    return Finding("testnet credentials", State.OK, "present")


def clock(url: str = TESTNET_TIME_URL) -> Finding:
    """Look how far this machine's clock is from the testnet's, which refuses requests from its future."""
    what = "clock against the testnet"
    try:
        # Made here, because a proxy in the environment can keep it from being made: one of a kind that lacks a package.
        with httpx.Client(timeout=_CLOCK_WITHIN_S) as client:
            before = time.time_ns()
            server_ms = int(client.get(url).raise_for_status().json()["serverTime"])
            after = time.time_ns()
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError, KeyError, TypeError) as error:
        said = f": {error}" if isinstance(error, ImportError) else ""
        detail = f"{url} did not say its time ({type(error).__name__}{said})"
        return Finding(what, State.WARN, detail, "only `--world testnet` needs it: check the network or a proxy")
    offset_ms = (before + after) / 2e6 - server_ms
    detail = f"{offset_ms:+.0f} ms, ± {(after - before) / 2e6:.0f} ms"
    if abs(offset_ms) > CLOCK_TOLERANCE_MS:
        return Finding(
            what, State.WARN, detail, "set the clock by NTP: Binance refuses timestamps that are off (-1021)"
        )
    return Finding(what, State.OK, detail)


def stale_subjects(processes: Callable[[], Iterator[tuple[int, str]]] | None = None) -> Finding:
    """Look for subject processes whose suite is gone: they hold memory, and should not exist."""
    what = "stale subjects"
    try:
        running = dict((processes or _processes)())
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(what, State.WARN, f"processes cannot be listed: {error}", "install ps")
    stale = []
    for pid, command in running.items():
        parent = re.search(r"--parent=(\d+)", command)
        if _CHILD in command and parent and int(parent[1]) not in running:
            stale.append(str(pid))
    if stale:
        return Finding(what, State.WARN, f"{len(stale)} still running", f"end them: kill -9 {' '.join(stale)}")
    return Finding(what, State.OK, "none")


def environments(folder: Path, now_s: float | None = None) -> Finding:
    """Look at the cached environments: how many there are, and which were not used for long."""
    what = "cached environments"
    now_s = time.time() if now_s is None else now_s
    found = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    old = [each for each in found if now_s - each.stat().st_mtime > OLD_AFTER_DAYS * 86400]
    detail = f"{len(found)} in {folder}"
    if old:
        detail += f", {len(old)} older than {OLD_AFTER_DAYS} days: {', '.join(each.name for each in old)}"
        return Finding(what, State.WARN, detail, f"free the space: remove these folders in {folder}")
    return Finding(what, State.OK, detail)


def _processes() -> Iterator[tuple[int, str]]:
    """Yield process id and command line of everything that runs."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,command="], capture_output=True, text=True, timeout=10, check=True
    )
    for line in listed.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        yield int(pid), command
