"""pytest within pytest, in a process of its own that is forked from one which has loaded pytest and the suite.

Loading them takes most of such a run's time. What a run does in its process is its own, as in one from scratch; what
loading itself does to another project is held from scratch (`tests/plugin/test_other_projects.py`).
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.support.loaded_pytest"])


def forked_pytest(pytester: pytest.Pytester, *options: str, within_s: float = 100) -> pytest.RunResult:
    """Run pytest in the folder of a `pytester`, as its `runpytest_subprocess` does."""
    folder = pytester.path
    out, err = folder / "stdout", folder / "stderr"
    arguments = [f"--basetemp={tempfile.mkdtemp(prefix='runpytest-', dir=folder)}", *options]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    process = _FORKED.Process(target=_run, args=(arguments, folder, environment, (out, err)))
    process.start()
    process.join(within_s)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise pytester.TimeoutExpired(f"pytest {options} is not over within {within_s} s: {out.read_text()}")
    said, complained = (each.read_text(encoding="utf-8").splitlines() for each in (out, err))
    print(*said, *complained, sep="\n")
    return pytest.RunResult(process.exitcode, said, complained, 0)


def _run(arguments: list[str], folder: Path, environment: Mapping[str, str], said: tuple[Path, Path]) -> None:
    """Be that process."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    for descriptor, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    sys.path.insert(0, str(folder))
    sys.argv = ["pytest", *arguments]
    sys.exit(pytest.console_main())
