"""An environment that is damaged while its cases run: the run judges nobody."""

import sys
from pathlib import Path

import pytest

from conformance.subject import installations
from conformance.subject.installations import Identity, Installation, folder_of, python_in
from tests.support.forked_pytest import forked_pytest

pytest_plugins = ["pytester"]

CONFTEST = """
from conformance.subject.installations import folder_of, read

def pytest_configure(config):
    config.conformance_installation = read(folder_of("1.0.0", "3.13"))
    config.conformance_version = "1.0.0"
"""
HARMLESS = "def test_harmless():\n    pass\n"
HARMFUL = """
from conformance.subject.installations import folder_of

def test_harmful():
    (folder_of("1.0.0", "3.13") / "engine.py").write_text("cut")
    assert False, "what a damaged version does"
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.Pytester:
    """A run on an installation of two files."""
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    folder = folder_of("1.0.0", "3.13")
    python_in(folder).parent.mkdir(parents=True)
    python_in(folder).symlink_to(sys.executable)
    (folder / "engine.py").write_text("whole")
    installations.mark(folder, Installation("1.0.0", python_in(folder), "by a test", Identity("1.0.0", "3.13.1")))
    pytester.makeconftest(CONFTEST)
    return pytester


@pytest.mark.parametrize(("cases", "whole"), [(HARMLESS, True), (HARMFUL, False)])
def test_results_of_a_damaged_environment_have_no_footer(run: pytest.Pytester, cases: str, whole: bool) -> None:
    """A failure on an environment that was damaged meanwhile is never a finding; the last line names the file."""
    run.makepyfile(cases)
    results = run.path / "results.jsonl"

    ended = forked_pytest(run, "-p", "conformance.plugin", "--nautilus", "1.0.0", "--conformance-results", str(results))

    assert ('"footer"' in results.read_text()) is whole
    damage = "environment of NautilusTrader 1.0.0 is damaged"
    assert (damage in ended.stdout.str()) is not whole
    assert ("engine.py (changed)" in ended.stdout.str()) is not whole
