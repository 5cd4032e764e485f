"""JSON schemas of the files that programs read: results and verdict. `python -m conformance.report.schemas FOLDER`."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from conformance.report.machine import SCHEMA, VerdictFile
from conformance.verdict.results import FORMAT, CaseResult, Footer, Header

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def results_schema() -> Mapping[str, Any]:
    """Return the schema of one line of a results file: the header first, a line a case, the footer last."""
    kinds = {"header": Header, "case": CaseResult, "footer": Footer}
    refs, components = msgspec.json.schema_components(kinds.values())
    more: dict[str, dict[str, Any]] = {
        "header": {"format": {"const": FORMAT}},
        "footer": {"sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
    }
    lines = [
        {
            "allOf": [
                ref,
                {
                    "properties": {"type": {"const": kind}} | more.get(kind, {}),
                    "required": ["type", *more.get(kind, {})],
                },
            ]
        }
        for kind, ref in zip(kinds, refs, strict=True)
    ]
    title = f"A line of a results file, format {FORMAT}"
    return {"$schema": _DIALECT, "title": title, "oneOf": lines, "$defs": components}


def verdict_schema() -> Mapping[str, Any]:
    """Return the schema of `verdict.json`."""
    return {"$schema": _DIALECT, **msgspec.json.schema(VerdictFile)}


SCHEMAS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    f"results-{FORMAT}.json": results_schema,
    SCHEMA: verdict_schema,
}
"""File name → what makes it."""


def write_schemas(folder: Path) -> None:
    """Write every schema into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        (folder / name).write_text(text_of(schema()), encoding="utf-8")


def text_of(schema: Mapping[str, Any]) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
