"""One run of the cases on one subject: pytest in a process of its own, followed by the results file that it writes."""

import importlib.util
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.running import lifeline
from conformance.running.errors import RunError, RunRefusedError
from conformance.running.options import RunOptions, pytest_arguments
from conformance.running.pytest_process import POLL_S, PytestProcess, last_words, python_pytest
from conformance.running.subjects import version_of
from conformance.subject.errors import describe_exit
from conformance.verdict.results import CaseResult, Results, ResultsError, ResultsTail, read_results

#: No case may take this long, so a run without news for so long hangs, and is stopped.
STALLED_S = 300.0
#: `pytest.ExitCode.USAGE_ERROR`; importing pytest for it would take half a second.
_USAGE_ERROR = 4
PLUGIN = "conformance.plugin"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One run: what it is asked for, `nautilus` an exact version and `results` given, and how pytest goes about it."""

    options: RunOptions
    workers: int = 1
    """pytest-xdist processes; 1 runs the cases in pytest's own process."""
    log: Path | None = None
    """Where pytest's own output goes; None is the terminal."""
    pytest_args: tuple[str, ...] = ()

    @property
    def results(self) -> Path:
        """The results file."""
        assert self.options.results is not None
        return self.options.results


def base_command(folders: Sequence[Path] = ()) -> list[str]:
    """Return the command that collects the contract's cases, wherever the suite is installed, or those of `folders`."""
    spec = importlib.util.find_spec("conformance.cases")
    if spec is None or not spec.submodule_search_locations:
        raise RunError("conformance.cases is not installed beside the command line: install the project again")
    where = [str(folder.absolute()) for folder in folders] or [spec.submodule_search_locations[0]]
    # Said here because an installed suite has no pyproject.toml above its cases.
    options = ["-p", PLUGIN, "-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function"]
    # Where the suite is developed Hypothesis is installed too; no case uses it, and it takes a second to load.
    options += ["-p", "no:hypothesispytest"]
    # It comes with httpx; no case uses it, and each worker would load anyio for it.
    options += ["-p", "no:anyio"]
    # No case measures; pytest-benchmark would leave a folder of its own wherever a gate is run.
    options += ["-p", "no:benchmark"]
    # What it looks for at the end, in five full collections a worker, would be the suite's own and change nothing.
    options += ["-p", "no:unraisableexception"]
    return [*python_pytest(), *options, *where]


def pytest_command(request: RunRequest) -> list[str]:
    """Return the command of one run."""
    command = [*base_command(request.options.case_folders), "-p", lifeline.__name__]
    command += pytest_arguments(request.options)
    if request.workers > 1:
        # Some cases take a hundred times as long as others: who is done takes from who is not.
        command += ["-n", str(request.workers), "--dist", "worksteal"]
    return [*command, *request.pytest_args]


type Commander = Callable[[RunRequest], Sequence[str]]


class Run:
    """One running pytest. `poll` until `ended`; `stop` in any case, which leaves nothing of it running."""

    def __init__(self, request: RunRequest, commander: Commander = pytest_command) -> None:
        self.request = request
        self.problem: str | None = None
        self._commander = commander
        self._tail = ResultsTail(request.results)
        self._process: PytestProcess | None = None

    def start(self) -> None:
        """Start pytest."""
        self.request.results.parent.mkdir(parents=True, exist_ok=True)
        # What an earlier run left here must never be taken for the result of this one.
        self.request.results.unlink(missing_ok=True)
        self._process = PytestProcess(self._commander(self.request), self.request.log)

    @property
    def ended(self) -> bool:
        """Whether the process has ended, or hung and was stopped."""
        if self._process is None:
            return False
        if self._process.silent_s > STALLED_S:
            self.problem = f"no case ended within {STALLED_S:g} s, so the run was stopped"
            self.stop()
        return self.exit_code is not None

    def poll(self) -> list[CaseResult]:
        """Return the cases that ended since the last call."""
        cases = self._tail.poll()
        if cases and self._process is not None:
            self._process.has_news()
        return cases

    def stop(self) -> None:
        """Stop pytest and whatever it started, if it was started at all. Does no harm a second time."""
        if self._process is not None:
            self._process.stop()

    def results(self) -> Results:
        """Return the whole results; raises `RunError`, with the log's last lines, if the run did not come to an end."""
        said = last_words(self.request.log)
        if self.problem is not None:
            raise RunError(f"{self.problem}{said}")
        if self.exit_code == _USAGE_ERROR:
            raise RunRefusedError(self._refusal())
        ended = f"pytest ended ({describe_exit(self.exit_code)})"
        if not self.request.results.is_file():
            raise RunError(f"{ended} and wrote no results{said}")
        try:
            results = read_results(self.request.results)
        except ResultsError as error:
            cut = "; if it was cut short by -x or --maxfail, leave that out" if self.request.pytest_args else ""
            raise RunError(f"{ended} and left no whole results{cut}: {error}{said}") from error
        found = (results.header.subject, results.header.world)
        asked = (version_of(self.request.options.nautilus), self.request.options.world)
        if found != asked:
            raise RunError(
                f"{self.request.results} has the results of NautilusTrader {' in the '.join(found)} world, and not of "
                f"{' in the '.join(asked)} world, which was run: something else wrote there"
            )
        return results

    @property
    def exit_code(self) -> int | None:
        """pytest's own exit code, once it has ended."""
        return self._process.exit_code if self._process else None

    def _refusal(self) -> str:
        """Return what pytest found wrong; pytest prints it in lines that begin with ERROR."""
        if self.request.log is None:
            return "the run was refused; pytest says why above"
        said = self.request.log.read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line.removeprefix("ERROR: ") for line in said if line.startswith("ERROR: ")]
        return "\n".join(errors) or f"the run was refused{last_words(self.request.log)}"


def drive(runs: Sequence[Run], at_once: int, on_case: Callable[[Run, CaseResult], None]) -> None:
    """Run all to their end, `at_once` at a time, reporting each case as it ends. Whatever happens, none is left."""
    waiting, running = list(runs), list[Run]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(waiting.pop(0))
                running[-1].start()
            for run in list(running):
                # Asked before the results are read: what the process wrote last is then not missed.
                ended = run.ended
                for case in run.poll():
                    on_case(run, case)
                if ended:
                    run.stop()
                    running.remove(run)
            if running:
                time.sleep(POLL_S)
    finally:
        for run in running:
            run.stop()
