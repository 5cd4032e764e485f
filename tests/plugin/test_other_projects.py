"""Installed beside another pytest project, the plugin changes nothing of it: it is one option until that is given."""

import pytest

from tests.support.forked_pytest import forked_pytest

pytest_plugins = ["pytester"]

FOREIGN_CONFTEST = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--case", default="theirs")
    parser.addoption("--record", action="store_true")
    parser.addoption("--profile")
    parser.addoption("--world", default="flat")

def pytest_configure(config):
    config.addinivalue_line("markers", "case(name): their own marker")

@pytest.fixture
def run(request):
    return request.config.getoption("--case")

@pytest.fixture
def market():
    return "their market"
"""

FOREIGN = """
import pytest

@pytest.mark.case("x")
def test_theirs(run, market, request):
    assert (run, market) == ("mine", "their market")
    assert request.config.getoption("--record")
    assert request.node.get_closest_marker("case").args == ("x",)

def test_without_fixtures_of_ours(request):
    with pytest.raises(pytest.FixtureLookupError):
        request.getfixturevalue("trader")
"""

OURS = '''
from conformance.kit import case

@case("AAA-010", rule="x")
async def test_ours(trader):
    """It MUST."""
'''
PLUGIN_OFF = ("-p", "no:conformance.plugin")


def verdict(result: pytest.RunResult) -> tuple[int, dict[str, int]]:
    """Return how a run ended."""
    return int(result.ret), result.parseoutcomes()


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_foreign_project_is_the_same_with_and_without(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """A marker `case`, options `--case`, `--record`, `--profile` and fixtures `run` and `market` stay the project's."""
    pytester.makeconftest(FOREIGN_CONFTEST)
    pytester.makepyfile(test_theirs=FOREIGN)
    options = ("--case", "mine", "--record", "--strict-markers", *workers)

    with_it = pytester.runpytest_subprocess(*options, timeout=60)
    without = pytester.runpytest_subprocess(*options, *PLUGIN_OFF, timeout=60)

    assert verdict(with_it) == verdict(without)
    assert verdict(with_it)[1]["passed"] == 2


def test_only_one_option_is_there_before_a_version_is_named(pytester: pytest.Pytester) -> None:
    """The help of another project's pytest shows `--nautilus`, and none of the options that come with it."""
    pytester.makepyfile("def test_it(): pass")
    shown = pytester.runpytest_subprocess("--help", timeout=60).stdout.str()
    assert "--nautilus" in shown
    assert "--conformance-results" not in shown
    shown = pytester.runpytest_subprocess("--help", "--nautilus", "1.0.0", timeout=60).stdout.str()
    assert "--conformance-results" in shown


@pytest.mark.parametrize("option", ["--fixtures", "--setup-plan", "--collect-only", "--fixtures-per-test"])
@pytest.mark.parametrize("version", [(), ("--nautilus", "1.0.0")])
def test_what_pytest_can_show_it_shows(pytester: pytest.Pytester, option: str, version: tuple[str, ...]) -> None:
    """Fixtures, a plan and a list are shown, with a version and without; nothing is provisioned or judged for it."""
    pytester.makepyfile(test_mine="def test_mine(tmp_path): pass")
    pytester.makepyfile(test_ours=OURS)
    files = ("test_mine.py",) if option == "--setup-plan" and not version else ("test_mine.py", "test_ours.py")
    result = forked_pytest(pytester, *files, option, *version, "-o", "asyncio_mode=auto")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    if option == "--fixtures" and version:
        result.stdout.fnmatch_lines(["*trader*"])


def test_a_version_may_be_named_in_the_project_s_own_options(pytester: pytest.Pytester) -> None:
    """`addopts` of an own project counts as the command line does."""
    pytester.makeini("[pytest]\naddopts = --nautilus 1.0.0 -p no:hypothesispytest")
    pytester.makepyfile(test_ours=OURS)
    result = forked_pytest(pytester, "--collect-only", "-q")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*test_ours*"])
    assert "--conformance-results" in forked_pytest(pytester, "--help").stdout.str()


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_folder_of_cases_needs_no_settings_of_its_own(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """Cases in a folder without any configuration are collected and run with no warning of pytest-asyncio's."""
    pytester.makepyfile(test_ours=OURS)

    asked = pytester.runpytest_subprocess("--nautilus", "0.0.0", "--index", "http://127.0.0.1:9", *workers, timeout=60)

    asked.stdout.no_fnmatch_line("*asyncio_default_fixture_loop_scope*is unset*")
    asked.stderr.no_fnmatch_line("*asyncio_default_fixture_loop_scope*")
    asked.stderr.no_fnmatch_line("*PytestDeprecationWarning*")


def test_warnings_of_a_project_stay_before_a_version_is_named(pytester: pytest.Pytester) -> None:
    """Without `--nautilus` pytest-asyncio warns a project as it would without the plugin."""
    pytester.makepyfile("def test_it(): pass")

    asked = pytester.runpytest_subprocess(timeout=60)

    asked.stderr.fnmatch_lines(["*asyncio_default_fixture_loop_scope*is unset*"])
