"""The identity of a run: stored results stand for a run that is asked for only if all that decides them agrees."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest

from conformance.proof.upstream import UpstreamDefect
from conformance.running import identity
from conformance.running.bisecting import REPEATS, Search, bisect
from conformance.running.bisection import BisectionError
from conformance.running.errors import RunError
from conformance.running.identity import NO_PART, asked_header, identity_of, stem_of, stored
from conformance.running.matrix import Matrix, file_name, run_matrix
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.proving import run_wanted
from conformance.running.pytest_run import RunRequest
from conformance.verdict.results import Header, ResultsWriter
from conformance.worlds.cache_database import CacheDatabase
from tests.cli.test_command_line import CATALOGUE
from tests.support.fake_pytest import result
from tests.support.fake_subjects import FakeSubjects

VERSION, CASE = "1.231.0", "STOP-010"
PARTS = sorted(each.name for each in fields(Header) if each.name not in NO_PART)


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few cases, without collecting any."""
    for module in ("conformance.running.matrix", "conformance.running.single"):
        monkeypatch.setattr(f"{module}.collect", lambda _folders=(): CATALOGUE)
        monkeypatch.setattr(f"{module}.planned", lambda _options, cases: cases)


def another(header: Header, part: str) -> Header:
    """Return the header with another value in one of its fields."""
    value = getattr(header, part)
    changed: Any = {**value, "another": "x"} if isinstance(value, dict) else f"{value}x"
    return replace(header, **{part: changed})


def write(path: Path, header: Header) -> None:
    """Write whole results in which every case passed."""
    writer = ResultsWriter(path, header)
    for case_id in CATALOGUE:
        writer.write(result(case_id, "P"))
    writer.close()


class NotRunError(RunError):
    """Raised where a test only wants to know whether anything would be run."""


@dataclass
class Asked:
    """One of the three that use stored results again: whether it ran anything, and what its file is called."""

    folder: Path
    steps: Steps
    ran: bool = False

    def commander(self, _request: RunRequest) -> Any:
        """Note that something was to be run."""
        self.ran = True
        raise NotRunError("not in this test")

    def bisects(self, _header: Header) -> None:
        """Look for the version that broke a case; what is stored says that none did."""
        versions = ["1.230.0", VERSION]
        search = Search(case_id=CASE, versions=versions, options=RunOptions(), folder=self.folder)
        with pytest.raises(BisectionError):
            bisect(search, self.steps, FakeSubjects(broken=("1.230.0",)), lambda _: None, self.commander)

    def runs_a_matrix(self, _header: Header) -> None:
        """Run one cell."""
        asked = Matrix(versions=[VERSION], profiles=["default"], options=RunOptions(), folder=self.folder)
        run_matrix(asked, self.steps, FakeSubjects(), lambda _: None, self.commander)

    def proves(self, _header: Header) -> None:
        """Hold one of upstream's defects against what is stored."""
        defect = UpstreamDefect(defect="lost", summary="A stop is lost.", last_bad=VERSION, cases=[CASE])
        try:
            run_wanted([defect], RunOptions(), self.folder, self.steps, FakeSubjects(), commander=self.commander)
        except NotRunError:
            assert self.ran


USERS: list[tuple[Callable[[Asked, Header], None], Callable[[Header], list[str]]]] = [
    (Asked.bisects, lambda header: [f"{stem_of(header)}-{number}.jsonl" for number in range(1, REPEATS + 1)]),
    (Asked.runs_a_matrix, lambda header: [file_name(header)]),
    (Asked.proves, lambda header: [f"{stem_of(header)}.jsonl"]),
]


@pytest.fixture
def header(steps: Steps) -> Header:
    """What a run of the version would write."""
    return asked_header(RunOptions(nautilus=VERSION), steps, FakeSubjects())


@pytest.mark.parametrize(("use", "names"), USERS)
@pytest.mark.parametrize("part", [None, *PARTS])
def test_results_are_used_again_only_if_every_part_agrees(
    part: str | None,
    use: Callable[[Asked, Header], None],
    names: Callable[[Header], list[str]],
    tmp_path: Path,
    steps: Steps,
    header: Header,
) -> None:
    """Where one part of what is stored is another, `bisect`, `matrix` and the proof run again; else they do not."""
    for name in names(header):
        write(tmp_path / name, header if part is None else another(header, part))
    asked = Asked(tmp_path, steps)

    use(asked, header)

    assert asked.ran is (part is not None)


@pytest.mark.parametrize("part", sorted(NO_PART))
def test_when_where_and_in_which_words_is_no_part(part: str, tmp_path: Path, header: Header) -> None:
    """Results of another machine's suite on another day stand for the same run."""
    value: Any = {"--cases": ["elsewhere"]} if part == "asked" else "2026-11-23T08:00:00+00:00"
    write(tmp_path / "run.jsonl", replace(header, **{part: value}))

    assert stored(tmp_path / "run.jsonl", header) is not None


def test_nothing_or_half_a_run_stands_for_none(tmp_path: Path, header: Header) -> None:
    """Only whole results are used again."""
    assert stored(tmp_path / "run.jsonl", header) is None
    ResultsWriter(tmp_path / "run.jsonl", header).abandon()
    assert stored(tmp_path / "run.jsonl", header) is None


def _wheel(folder: Path, content: str) -> dict[str, Any]:
    file = folder / f"nautilus_trader-{VERSION}-cp313-cp313-manylinux_2_35_x86_64.whl"
    file.write_text(content)
    return {"nautilus": str(file)}


def _package(folder: Path, content: str) -> Path:
    package = folder / "package"
    package.mkdir(exist_ok=True)
    (package / "test_mine.py").write_text(content)
    (package / "notes.txt").write_text("the same")
    return package


def _overlay(folder: Path, content: str) -> dict[str, Any]:
    return {"overlays": (f"nautilus_trader.adapters.binance={_package(folder, content)}",)}


def _cases(folder: Path, content: str) -> dict[str, Any]:
    return {"case_folders": (_package(folder, content),)}


@pytest.mark.parametrize("make", [_wheel, _overlay, _cases])
def test_a_build_of_the_same_name_is_another_run_in_another_file(
    make: Callable[[Path, str], dict[str, Any]], tmp_path: Path, steps: Steps, header: Header
) -> None:
    """A wheel, an overlay or own cases at the same path are known by what is in them, as is their results file."""
    one, same, other = (
        asked_header(RunOptions(**{"nautilus": VERSION, **make(tmp_path, content)}), steps, FakeSubjects())
        for content in ("one", "one", "other")
    )

    assert identity_of(one) == identity_of(same)
    assert identity_of(one) != identity_of(other)
    assert stem_of(one) == stem_of(same)
    assert len({stem_of(each) for each in (header, one, other)}) == 3


def test_another_index_has_another_file(steps: Steps) -> None:
    """A release is called by its version alone; the same version of another index is another file."""
    plain, other = (
        asked_header(RunOptions(nautilus=VERSION, index=index), steps, FakeSubjects())
        for index in (None, "https://x.test")
    )

    assert stem_of(plain) == VERSION != stem_of(other)


def _redis(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> dict[str, Any]:
    monkeypatch.setattr(CacheDatabase, "check", lambda _: "7.2.0")
    return {"cache_database": "127.0.0.1:6379"}


def _suite(monkeypatch: pytest.MonkeyPatch, _folder: Path) -> dict[str, Any]:
    monkeypatch.setattr(identity, "suite_revision", lambda: "another")
    return {}


@pytest.mark.parametrize(
    "change",
    [
        _redis,
        _suite,
        lambda _, __: {"profile": "checks"},
        lambda _, __: {"tier": "full"},
        lambda _, __: {"world": "cassettes"},
        lambda _, __: {"python": "3.12"},
        lambda _, __: {"kept_by": "1.230.0"},
        lambda _, folder: {"defects": folder},
    ],
    ids=["redis", "suite", "profile", "tier", "world", "python", "kept by", "defects"],
)
def test_what_is_asked_for_otherwise_is_another_run(
    change: Callable[[pytest.MonkeyPatch, Path], dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: Steps,
    header: Header,
) -> None:
    """Each option that decides results reaches the header that is compared."""
    asked = RunOptions(**{"nautilus": VERSION, **change(monkeypatch, tmp_path)})

    assert identity_of(asked_header(asked, steps, FakeSubjects())) != identity_of(header)


def test_cassettes_are_known_by_their_content(tmp_path: Path, steps: Steps) -> None:
    """Another cassette in the folder is another run of that world."""
    options = RunOptions(nautilus=VERSION, world="cassettes", cassettes=tmp_path)
    before = asked_header(options, steps, FakeSubjects())
    (tmp_path / "STOP-010.yaml").write_text("another")

    assert identity_of(asked_header(options, steps, FakeSubjects())) != identity_of(before)


def test_the_identity_is_of_plain_values(header: Header) -> None:
    """What is read back from a file is equal to what was written."""
    assert {name: asdict(header)[name] for name in PARTS} == identity_of(header)
