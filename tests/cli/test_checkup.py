"""`doctor`: each check says what it found, what to do, and never a secret."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import respx

from conformance.cli import checkup
from conformance.cli.checkup import TESTNET_TIME_URL, TESTNET_VARIABLES, State
from conformance.subject.errors import IndexUnreachable
from conformance.subject.uv import UvError
from conformance.subject.versions import NIGHTLY_INDEX_VARIABLE, explained
from conformance.worlds.cache_database import VARIABLE
from tests.support.fake_subjects import FakeSubjects

SECRET = "a-very-secret-key"


def test_this_python_is_new_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite runs on this Python, and says which one it would need instead of an old one."""
    assert checkup.python().state is State.OK

    monkeypatch.setattr("sys.version_info", (3, 11, 9))
    assert checkup.python().state is State.MISSING
    assert "3.12" in checkup.python().remedy


def test_uv_is_found_beside_python() -> None:
    """The uv that the suite depends on is found, though it is not on the path."""
    assert checkup.uv().state is State.OK
    assert checkup.uv().detail.startswith("uv ")


def test_a_uv_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without uv no subject can be made."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)

    assert checkup.uv().state is State.MISSING
    assert "pip install uv" in checkup.uv().remedy


def test_a_uv_that_does_not_start_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A uv of another platform is as good as none."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: str(tmp_path / "uv"))

    assert checkup.uv().state is State.MISSING
    assert "does not start" in checkup.uv().detail


def test_an_index_answers_or_says_why_not() -> None:
    """The index is asked as a run would ask it; how bad it is that it does not answer is the caller's to say."""
    well = checkup.index(FakeSubjects(), "newest", "package index", State.MISSING)
    ill = checkup.index(FakeSubjects(), "unreachable", "nightly index", State.WARN)

    assert (well.state, well.detail) == (State.OK, "newest is NautilusTrader 1.231.0")
    assert ill.state is State.WARN
    assert "no route to host" in ill.detail


def test_a_cache_database_is_usable_or_not(redis: str) -> None:
    """None is only less to compare; one that is named must answer."""
    assert checkup.cache_database({}).state is State.WARN
    assert checkup.cache_database({VARIABLE: redis}).state is State.OK
    assert checkup.cache_database({VARIABLE: "127.0.0.1:1"}).state is State.MISSING
    assert VARIABLE in checkup.cache_database({VARIABLE: "127.0.0.1:1"}).remedy


@pytest.mark.parametrize("present", [(), TESTNET_VARIABLES[:1], TESTNET_VARIABLES])
def test_credentials_are_present_or_not(present: tuple[str, ...]) -> None:
    """What lacks is named; no value is ever shown, not even a blank one's length."""
    environ = dict.fromkeys(TESTNET_VARIABLES, "  ") | dict.fromkeys(present, SECRET)

    finding = checkup.credentials(environ)

    assert finding.state is (State.OK if present == TESTNET_VARIABLES else State.WARN)
    assert SECRET not in str(finding)
    assert all((name in finding.detail) is (name not in present) for name in TESTNET_VARIABLES)


@pytest.mark.parametrize(("offset_ms", "state"), [(0, State.OK), (-60_000, State.WARN), (60_000, State.WARN)])
@respx.mock
def test_a_clock_that_is_off_is_said(offset_ms: int, state: State) -> None:
    """Binance refuses timestamps from its future, so an offset that is too large names NTP."""
    respx.get(TESTNET_TIME_URL).mock(
        side_effect=lambda _: httpx.Response(200, json={"serverTime": time.time_ns() // 10**6 + offset_ms})
    )

    finding = checkup.clock()

    assert finding.state is state
    assert ("NTP" in finding.remedy) is (state is State.WARN)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("refused"),
        httpx.Response(451),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
    ],
)
@respx.mock
def test_a_testnet_that_does_not_answer_is_a_warning(answer: httpx.Response | Exception) -> None:
    """Only the testnet world needs the testnet's time."""
    respx.get(TESTNET_TIME_URL).mock(
        side_effect=answer if isinstance(answer, Exception) else None,
        return_value=answer if isinstance(answer, httpx.Response) else None,
    )

    finding = checkup.clock()

    assert finding.state is State.WARN
    assert "--world testnet" in finding.remedy


@pytest.mark.parametrize(
    ("version", "variable"),
    [("newest", "UV_DEFAULT_INDEX"), ("nightly", NIGHTLY_INDEX_VARIABLE), ("1.231.0a20251117", NIGHTLY_INDEX_VARIABLE)],
)
def test_the_remedy_for_an_index_is_one_that_has_an_effect(version: str, variable: str) -> None:
    """What names another package index does not name another nightly index."""
    error = explained(UvError(["pip", "compile"], 2, "error sending request for url"), version, "looking it up")

    assert isinstance(error, IndexUnreachable)
    variables = {"UV_DEFAULT_INDEX", NIGHTLY_INDEX_VARIABLE}
    assert {each for each in variables if each in str(error)} == {variable}


@pytest.mark.parametrize(("proxy", "trouble"), [("socks5://127.0.0.1:1", "Error"), ("nonsense://x", "ValueError")])
def test_a_proxy_that_cannot_be_used_is_a_warning(proxy: str, trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SOCKS proxy needs a package that may be missing: that is the testnet's matter, and no fault of the suite."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", proxy)

    finding = checkup.clock()

    assert finding.state is State.WARN
    assert trouble in finding.detail


def test_a_check_that_cannot_look_is_a_finding(tmp_path: Path) -> None:
    """One thing that cannot be looked at must not hide all the others."""
    (tmp_path / "afile").touch()

    def check() -> checkup.Finding:
        (tmp_path / "afile" / "1.231.0").mkdir()
        raise AssertionError

    finding = checkup.looked("cached environments", check)

    assert (finding.what, finding.state) == ("cached environments", State.MISSING)
    assert "afile/1.231.0: Not a directory" in finding.detail


def test_a_subject_whose_suite_is_gone_is_stale() -> None:
    """A child is stale when the process that started it no longer runs; other processes are none of ours."""
    child = "/venv/bin/python -I /site-packages/conformance/subject/child/__main__.py --parent="

    def processes() -> Iterator[tuple[int, str]]:
        yield from ((1, "init"), (10, "pytest"), (11, f"{child}10"), (12, f"{child}9"), (13, "vim --parent=9"))

    finding = checkup.stale_subjects(processes)

    assert finding.state is State.WARN
    assert finding.remedy == "end them: kill -9 12"


def test_processes_that_cannot_be_listed_are_a_warning() -> None:
    """A machine without `ps` is told, and nothing more."""

    def processes() -> Iterator[tuple[int, str]]:
        raise FileNotFoundError("ps")

    assert checkup.stale_subjects(processes).state is State.WARN


def test_old_environments_are_named(tmp_path: Path) -> None:
    """Environments that were made long ago take a gigabyte each: their names and the folder are said."""
    assert checkup.environments(tmp_path / "none").state is State.OK
    (tmp_path / "1.221.0-py3.12").mkdir()
    made_s = (tmp_path / "1.221.0-py3.12").stat().st_mtime

    assert checkup.environments(tmp_path, made_s).state is State.OK
    finding = checkup.environments(tmp_path, made_s + (checkup.OLD_AFTER_DAYS + 1) * 86400)
    assert finding.state is State.WARN
    assert "1.221.0-py3.12" in finding.detail
