"""The results file: what was written is read back, and nothing less than a whole run is."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import (
    CaseResult,
    Header,
    ResultsError,
    ResultsTail,
    ResultsWriter,
    read_results,
)

HEADER = Header(
    suite_revision="abc123",
    subject="1.231.0",
    installed="PyPI wheel",
    python="3.12.1",
    world="simulator",
    platform="Linux",
    started="2026-11-22T08:00:00+00:00",
    versions={"httpx": "0.28.1"},
)
PASS = CaseResult(id="STOP-010", outcome=Outcome.PASSED, expected=True, seconds=0.5)
FAIL = CaseResult(id="FATE-010", outcome=Outcome.FAILED, expected=True, seconds=1.0, signature="rejected while live")


def joined(text: str) -> str:
    """Return the text with the character in place of each two halves of one: JSON has one way to write both."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


# st.characters() includes control characters, line separators and halves of characters.
words = st.text(st.characters(), min_size=1, max_size=20).map(joined)
case_results = st.builds(
    CaseResult,
    id=words,
    outcome=st.sampled_from(Outcome),
    expected=st.booleans(),
    seconds=st.floats(min_value=0, max_value=1e6),
    signature=words,
    reason=words,
    history=st.none() | words,
)


def written(path: Path, *cases: CaseResult) -> Path:
    """Return the path of a whole results file of the given cases."""
    writer = ResultsWriter(path, HEADER)
    for case in cases:
        writer.write(case)
    writer.close()
    return path


@given(cases=st.lists(case_results, max_size=6, unique_by=lambda case: case.id))
def test_what_is_written_is_read_back(cases: list[CaseResult], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any run survives the way through its file, whatever characters its texts have."""
    results = read_results(written(tmp_path_factory.mktemp("results") / "run.jsonl", *cases))

    assert results.header == HEADER
    assert list(results.cases.values()) == cases
    assert sum(results.footer.counts.values()) == len(cases)


@given(cut=st.integers(min_value=0))
def test_no_cut_file_is_read(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file cut at any byte before its end is refused, so half a run never becomes a verdict."""
    path = written(tmp_path_factory.mktemp("results") / "run.jsonl", PASS, FAIL)
    whole = path.read_bytes().rstrip(b"\n")
    path.write_bytes(whole[: cut % len(whole)])

    with pytest.raises(ResultsError, match=r"run\.jsonl:\d+: .*conformance run"):
        read_results(path)


def test_a_crash_leaves_the_cases_that_ended(tmp_path: Path) -> None:
    """Each case is on disk as soon as it is written, and the file without a footer is refused."""
    path = tmp_path / "run.jsonl"
    writer = ResultsWriter(path, HEADER)
    writer.write(PASS)

    assert ResultsTail(path).poll() == [PASS]
    writer.abandon()
    with pytest.raises(ResultsError, match="after 1 cases, expected the footer; the run did not end"):
        read_results(path)


def test_a_case_is_written_once(tmp_path: Path) -> None:
    """A second result for an id is refused by the writer already."""
    writer = ResultsWriter(tmp_path / "run.jsonl", HEADER)
    writer.write(PASS)

    with pytest.raises(ValueError, match="STOP-010 already has a result"):
        writer.write(PASS)
    writer.abandon()


def test_closing_twice_writes_one_footer(tmp_path: Path) -> None:
    """`close` may be called again, so that a `finally` need not know whether it was."""
    path = tmp_path / "run.jsonl"
    writer = ResultsWriter(path, HEADER)
    assert writer.close() == writer.close()

    assert not read_results(path).cases


def test_the_tail_waits_for_whole_lines(tmp_path: Path) -> None:
    """A line that is being written is returned once, when it is whole."""
    path = written(tmp_path / "run.jsonl", PASS, FAIL)
    whole = path.read_bytes()
    middle = whole.index(b"FATE-010")
    path.write_bytes(whole[:middle])
    tail = ResultsTail(path)

    assert tail.poll() == [PASS]
    assert tail.poll() == []
    path.write_bytes(whole)
    assert tail.poll() == [FAIL]


def test_the_tail_of_a_run_that_has_not_begun_is_empty(tmp_path: Path) -> None:
    """Following may start before the file exists."""
    assert ResultsTail(tmp_path / "none.jsonl").poll() == []


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    """A path that does not exist is answered with the command that writes it."""
    with pytest.raises(ResultsError, match="there is no such results file; write one with `conformance run`"):
        read_results(tmp_path / "none.jsonl")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are a results error, not a traceback."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ResultsError, match="cannot be read"):
        read_results(path)


def edited(line: int, **changes: object) -> str:
    """Return the text of a file with the fields of one line changed and a checksum that fits; `...` removes one."""
    lines: list[dict[str, object]] = [json.loads(text) for text in (SOUND_HEADER, SOUND_PASS, SOUND_FAIL, SOUND_FOOTER)]
    lines[line - 1] |= changes
    before = "".join(f"{json.dumps(_without_removed(each))}\n" for each in lines[:-1])
    footer = {"sha256": hashlib.sha256(before.encode()).hexdigest(), **lines[-1]}
    return f"{before}{json.dumps(_without_removed(footer))}\n"


def _without_removed(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not ...}


SOUND_HEADER = json.dumps(
    {
        "type": "header",
        "format": 1,
        "suite_revision": "abc123",
        "subject": "1.231.0",
        "installed": "PyPI wheel",
        "python": "3.12.1",
        "world": "simulator",
        "platform": "Linux",
        "started": "2026-11-22T08:00:00+00:00",
        "versions": {},
    }
)
SOUND_PASS = (
    '{"type":"case","id":"A","outcome":"passed","expected":true,"seconds":1,"signature":null,"reason":null,'
    '"history":null}'
)
SOUND_FAIL = SOUND_PASS.replace('"A"', '"B"').replace("passed", "failed").replace('"signature":null', '"signature":"x"')
SOUND_FOOTER = '{"type":"footer","counts":{"passed":1,"failed":1,"unsupported":0,"drifted":0,"broken":0}}'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("", 0, "an empty file, expected a header", id="empty"),
        pytest.param(f"{SOUND_PASS}\n", 1, "expected the header", id="no header"),
        pytest.param("[]\n", 1, "expected a JSON object", id="not an object"),
        pytest.param(f"{SOUND_HEADER}\nnonsense\n", 2, "expected a JSON object", id="not JSON"),
        pytest.param(edited(1, format=9), 1, "format 9, expected format 1", id="another format"),
        pytest.param(edited(1, started="2026-11-22T08:00:00"), 1, "has no time zone", id="naive time"),
        pytest.param(
            edited(1, versions=["httpx"]),
            1,
            "Expected `object`, got `array` - at `..versions`",
            id="versions no object",
        ),
        pytest.param(edited(1, world=...), 1, "missing required field `world`", id="field missing"),
        pytest.param(edited(2, colour="red"), 2, "a field 'colour'", id="field unknown"),
        pytest.param(edited(2, outcome="skipped"), 2, "Invalid enum value 'skipped'", id="unknown outcome"),
        pytest.param(edited(2, id="B"), 3, "a second result for case B", id="duplicate id"),
        pytest.param(edited(2, id=""), 2, "empty id", id="empty id"),
        pytest.param(edited(2, expected="yes"), 2, "Expected `bool`", id="expected no boolean"),
        pytest.param(edited(2, seconds=True), 2, "Expected `float`", id="seconds no number"),
        pytest.param(edited(2, seconds=-1), 2, "a duration is not negative", id="negative duration"),
        pytest.param(edited(2, reason=5), 2, "Expected `str . null`, got `int` - at `..reason`", id="reason no text"),
        pytest.param(edited(2, outcome="unsupported"), 2, "without a reason", id="unsupported without reason"),
        pytest.param(edited(3, signature=None), 3, "without a signature", id="failed without signature"),
        pytest.param(edited(4, counts={"passed": 2}), 4, "counts {'passed': 2}, expected", id="counts disagree"),
        pytest.param(edited(4, sha256=...), 4, "a footer without a checksum", id="no checksum"),
        pytest.param(edited(4, sha256="0" * 64), 4, "a checksum that does not fit", id="another checksum"),
        pytest.param(edited(4, type="end"), 4, "type 'end', expected 'case' or 'footer'", id="unknown line"),
        pytest.param(edited(4) + SOUND_PASS, 5, "a 'case' line after the footer", id="line after the footer"),
        pytest.param(edited(4) + SOUND_HEADER, 5, "a 'header' line after the footer", id="two runs joined"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(text: str, line: int, message: str, tmp_path: Path) -> None:
    """Every damage is a typed error that names file, line, what was found, and what to do."""
    path = tmp_path / "run.jsonl"
    path.write_text(text)

    with pytest.raises(ResultsError, match=message) as refusal:
        read_results(path)
    assert str(refusal.value).startswith(f"{path}:{line}: ")
    assert "conformance run" in str(refusal.value)


def test_the_sound_file_of_these_tests_is_sound(tmp_path: Path) -> None:
    """The damaged files above differ from a readable one only by their damage."""
    path = tmp_path / "run.jsonl"
    path.write_text(edited(4))

    assert list(read_results(path).cases) == ["A", "B"]


def test_a_history_is_found_beside_its_results(tmp_path: Path) -> None:
    """A history's path is relative to the results file; one that is gone is None, as is an unknown case."""
    history = tmp_path / "histories" / "A.jsonl"
    history.parent.mkdir()
    history.write_text("")
    path = tmp_path / "run.jsonl"
    kept = CaseResult(id="A", outcome=Outcome.PASSED, expected=True, seconds=0, history="histories/A.jsonl")
    gone = CaseResult(id="B", outcome=Outcome.PASSED, expected=True, seconds=0, history="histories/B.jsonl")
    results = read_results(written(path, kept, gone, PASS))

    assert results.history_of("A") == history
    assert results.history_of("B") is results.history_of("STOP-010") is results.history_of("NONE") is None


@pytest.mark.parametrize(
    ("was", "edited"),
    [
        ('"expected": true', '"expected": false'),
        ('"seconds": 1.0', '"seconds": NaN'),
        ('"seconds": 1.0', '"seconds": 2.0'),
        ('"tight_share": 0.0', '"tight_share": Infinity'),
        ('"subject": "1.231.0"', '"subject": "1.232.0"'),
        ("rejected while live", "another way to fail"),
    ],
)
def test_edited_results_are_refused(was: str, edited: str, tmp_path: Path) -> None:
    """One field that is no longer what the run wrote, or no number at all, and no verdict is made of it."""
    path = written(tmp_path / "run.jsonl", PASS, FAIL)
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, edited, 1))

    with pytest.raises(ResultsError, match=r"run\.jsonl:\d+: .*conformance run"):
        read_results(path)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0])
def test_duration_is_a_number(seconds: float) -> None:
    """A case cannot take no time that a number can tell."""
    with pytest.raises(ValueError, match="a duration is not negative, and a number"):
        CaseResult(id="STOP-010", outcome=Outcome.PASSED, expected=True, seconds=seconds)
