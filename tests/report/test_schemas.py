"""The schemas in the docs are those of the files that the suite writes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from conformance.report.comparison import Comparison
from conformance.report.machine import SCHEMA, VerdictFile, verdict_json
from conformance.report.schemas import SCHEMAS, results_schema, text_of, verdict_schema
from conformance.verdict.decision import Decision
from conformance.verdict.results import ResultsWriter
from conformance.verdict.verdict import Verdict
from conformance.wire_changes.comparison import WireChanges
from tests.report.examples import comparison

DOCS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_docs_have_the_schemas_of_today(name: str) -> None:
    """After a change: `python -m conformance.report.schemas docs/schemas`, and another format if programs must know."""
    assert (DOCS / name).read_text(encoding="utf-8") == text_of(SCHEMAS[name]())


def test_a_results_file_obeys_its_schema(tmp_path: Path) -> None:
    """Every line that the writer writes is one of the three kinds; a line of another is none."""
    import jsonschema

    run = comparison(tmp_path).candidate
    assert run is not None
    writer = ResultsWriter(tmp_path / "run.jsonl", run.header)
    for case in run.cases.values():
        writer.write(case)
    writer.close()
    schema = results_schema()

    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    assert [line["type"] for line in lines] == ["header", *["case"] * len(run.cases), "footer"]
    for line in lines:
        jsonschema.validate(line, schema)
    for wrong in ({**lines[0], "format": 99}, {**lines[1], "outcome": "great"}, {"type": "other"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_a_verdict_obeys_its_schema(tmp_path: Path) -> None:
    """With cases, with wire changes, and without anything."""
    import jsonschema

    shown = comparison(tmp_path)
    nothing = Comparison(Verdict.undecided("1", "2", Decision.INCONCLUSIVE, "no network"))
    for each in (shown, replace(shown, wire_changes=WireChanges(cases=3)), nothing):
        jsonschema.validate(json.loads(verdict_json(each)), verdict_schema())


def test_every_decision_is_in_the_schema() -> None:
    """A program that reads the verdict knows every word that it can be."""
    hints: dict[str, Any] = get_type_hints(VerdictFile)
    assert {*get_args(hints["decision"])} == {each.name.lower() for each in Decision}


def test_the_verdict_says_where_everything_lies(tmp_path: Path) -> None:
    """Format, schema, both headers, and paths from the folder of the file, so that it can be moved as a whole."""
    verdict = json.loads(verdict_json(comparison(tmp_path)))

    assert (verdict["format"], verdict["schema"]) == (2, SCHEMA)
    assert verdict["headers"]["candidate"]["subject"] == "2.0.0"
    assert verdict["results"] == {"baseline": "baseline.jsonl", "candidate": "candidate.jsonl"}
    stop = verdict["changes"]["STOP-010"]
    assert (stop["requirement"], stop["known"], stop["upstream"]) == ("A stop MUST rest.", None, ["#3287"])
    assert (tmp_path / stop["histories"]["candidate"]).is_file()
