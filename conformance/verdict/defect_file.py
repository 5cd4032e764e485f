"""How a defect is written: one form, keys in order, a line a case, so that two people's changes merge."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from conformance.verdict.defects import UNREPORTED, Defect
from conformance.verdict.spans import Shown, Span
from conformance.worlds.names import WORLDS


def write_defect(folder: Path, defect: Defect) -> Path:
    """Write the defect's file and return its path; comments at the head of an earlier file stay."""
    path = folder / f"{defect.id}.yaml"
    head = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                break
            head.append(line)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*head, *_lines(defect)]) + "\n", encoding="utf-8")
    return path


def _lines(defect: Defect) -> Iterator[str]:
    yield f"summary: {_quoted(defect.summary)}"
    yield f"upstream: {_one_or_list(defect.upstream or (UNREPORTED,))}"
    yield f"versions: {_one_or_list([str(span) for span in defect.versions])}"
    if defect.worlds != WORLDS:
        yield f"worlds: [{', '.join(defect.worlds)}]"
    if defect.profiles:
        yield f"profiles: [{', '.join(defect.profiles)}]"
    yield "cases:"
    for key, shown in sorted(defect.cases.items()):
        yield from _case(key, shown, defect.versions)


def _case(key: str, shown: Shown, versions: Sequence[Span]) -> Iterator[str]:
    signatures = {signature for _, signature in shown}
    if len(signatures) == 1 and tuple(span for span, _ in shown) == tuple(versions):
        yield f"  {_key(key)}: {_quoted(*signatures)}"
        return
    yield f"  {_key(key)}:"
    for span, signature in shown:
        yield f"    {_quoted(str(span))}: {_quoted(signature)}"


def _key(key: str) -> str:
    return _quoted(key) if key.startswith("*") else key


def _one_or_list(values: Sequence[str]) -> str:
    return _quoted(values[0]) if len(values) == 1 else f"[{', '.join(map(_quoted, values))}]"


def _quoted(text: str) -> str:
    """Return the text in double quotes, which YAML reads as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def by_family(cases: Mapping[str, Shown], known_ids: Sequence[str]) -> dict[str, Shown]:
    """Return the entries with one pattern for each family, or branch of one, whose cells all show the same.

    `FATE-010.cancel.*` stands for all known cells that begin so.
    """
    branches: dict[str, list[str]] = {}
    for case_id in known_ids:
        parts = case_id.split(".")
        for depth in range(1, len(parts)):
            branches.setdefault(".".join(parts[:depth]), []).append(case_id)
    left = dict(cases)
    found: dict[str, Shown] = {}
    for branch, cells in sorted(branches.items(), key=lambda each: each[0].count(".")):
        shown = [left.get(cell) for cell in cells]
        if len(cells) > 1 and shown[0] is not None and all(each == shown[0] for each in shown):
            found[f"{branch}.*"] = shown[0]
            for cell in cells:
                del left[cell]
    return found | left
