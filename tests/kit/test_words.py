"""Every requirement that fails is told in words: what was looked at, what was required, what was seen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance

_SUITE = Path(conformance.__file__).parent
FILES = sorted([*(_SUITE / "cases").glob("*.py"), *(_SUITE / "kit").glob("*.py")])


def wordless(source: str) -> Iterator[str]:
    """Yield each place at which a failure would be told without its words."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno}: a plain assert says neither what was required nor what was seen: use `equal`"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = {each.arg for each in node.keywords}
        if node.func.id == "require" and "seen" not in given:
            yield f"line {node.lineno}: `require` without what was `seen`"
        if node.func.id == "CheckError" and not {"required", "seen", "signature"} <= given:
            yield f"line {node.lineno}: `CheckError` without what was `required` and `seen`"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_failure_has_its_words(file: Path) -> None:
    """No case and no verifier fails with anything less."""
    assert list(wordless(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source", ["assert a == b", "require(a, 'it holds')", "raise CheckError('it does not', signature='not')"]
)
def test_less_is_found(source: str) -> None:
    """Each way to say less is told."""
    assert len(list(wordless(source))) == 1
