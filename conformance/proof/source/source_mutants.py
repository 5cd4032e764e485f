"""The source mutants of an installed adapter: where, what, and the file as the mutant has it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.proof.source.operators import OPERATORS

PACKAGE = "nautilus_trader.adapters.binance"
"""The package that is mutated, and over which a mutant is laid."""


#: As the operator for constants writes it: with an X behind it.
_WORD = re.compile(r"'([A-Z][A-Z0-9_]+)X'")


@dataclass(frozen=True, slots=True, order=True)
class SourceMutant:
    """One change of one file. Its id names file, line, column and what was done, the same in every run."""

    file: str
    """Relative to the package."""
    line: int
    column: int
    what: str
    lines: tuple[int, int] = field(compare=False)
    """First and last line of what is executed where the change is."""
    start: int = field(compare=False, repr=False)
    end: int = field(compare=False, repr=False)
    text: str = field(compare=False, repr=False)
    function: str = field(compare=False, default="")
    """The function that it is in, dotted; empty at the level of a module."""
    logs: bool = field(compare=False, default=False)
    """Whether it is in a call of the log."""
    around: tuple[int, int] = field(compare=False, default=(0, 0))
    """First and last line of what it is a part of: of its function, but of `__init__` the class; of none (0, 0)."""
    inside: tuple[str, ...] = field(compare=False, default=())
    """The conditions under which its statement runs, outermost first; `not (…)` in an `else`."""

    @property
    def word(self) -> str | None:
        """The word of a closed list that was changed, such as `AMENDMENT`; None where other text was changed."""
        found = _WORD.fullmatch(self.text) if self.what == "constant" else None
        return found[1] if found else None

    @property
    def id(self) -> str:
        """What it is called: in results, and when it is asked for."""
        return f"{self.file}:{self.line}:{self.column} {self.what}"

    def __str__(self) -> str:
        return f"{self.id}: {self.text.strip()[:60]}"

    def applied(self, source: str) -> str:
        """Return the file's source with the change in it."""
        data = source.encode()
        return (data[: self.start] + self.text.encode() + data[self.end :]).decode()


def source_mutants(package: Path) -> list[SourceMutant]:
    """Return every mutant of the package's files that still is Python."""
    found: list[SourceMutant] = []
    for path in sorted(package.rglob("*.py")):
        found += mutants_of(path.relative_to(package).as_posix(), path.read_text(encoding="utf-8"))
    return found


def mutants_of(file: str, source: str) -> list[SourceMutant]:
    """Return the mutants of one file."""
    return sorted(set(_Walk(file, source).mutants(ast.parse(source))))


@dataclass(frozen=True, slots=True)
class _Where:
    """Where in a file the walk is."""

    function: str = ""
    lines: tuple[int, int] = (0, 0)
    around: tuple[int, int] = (0, 0)
    in_function: bool = False
    inside: tuple[str, ...] = ()

    def around_by(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> "_Where":
        """Return where what stands in it is, for whose sake it is run: the outermost function, or the class."""
        known = self.in_function or (isinstance(node, ast.ClassDef) and self.around != (0, 0))
        if known or node.name == "__init__":
            return self
        return replace(
            self,
            around=(node.lineno, node.end_lineno or node.lineno),
            in_function=not isinstance(node, ast.ClassDef),
        )

    def under(self, node: ast.AST, child: ast.AST) -> "_Where":
        """Return where a node's child is: in the branches of an `if`, under its condition."""
        if not isinstance(node, ast.If) or child is node.test:
            return self
        test = ast.unparse(node.test)
        return replace(self, inside=(*self.inside, test if child in node.body else f"not ({test})"))


class _Walk:
    """One pass over a file's syntax tree."""

    def __init__(self, file: str, source: str) -> None:
        self._file = file
        self._starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def mutants(self, tree: ast.Module) -> Iterator[SourceMutant]:
        yield from self._in(tree, _Where(), logs=False)

    def _in(self, node: ast.AST, where: "_Where", *, logs: bool) -> Iterator[SourceMutant]:
        if _is_type_checking(node):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            where = replace(where, function=f"{where.function}.{node.name}".lstrip("."))
            where = where.around_by(node)
        if isinstance(node, ast.stmt):
            where = replace(where, lines=_executed(node))
            logs = logs or _is_log(node)
        for operator in OPERATORS:
            for what, place, text in operator(node):
                yield self._mutant(what, place, text, where, logs=logs)
        for child in _mutable(node):
            yield from self._in(child, where.under(node, child), logs=logs)

    def _mutant(self, what: str, place: ast.AST, text: str, where: "_Where", *, logs: bool) -> SourceMutant:
        assert isinstance(place, ast.expr | ast.stmt)
        assert place.end_lineno is not None
        assert place.end_col_offset is not None
        return SourceMutant(
            file=self._file,
            line=place.lineno,
            column=place.col_offset,
            what=what,
            lines=where.lines,
            start=self._starts[place.lineno - 1] + place.col_offset,
            end=self._starts[place.end_lineno - 1] + place.end_col_offset,
            text=text,
            function=where.function,
            logs=logs,
            around=where.around,
            inside=where.inside,
        )


def _mutable(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node's children, but for annotations, docstrings, imports and the parts of an f-string."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    for name, value in ast.iter_fields(node):
        if name in ("exc", "cause") and isinstance(node, ast.Raise):
            # That it raises is a statement of its own; the words of its message decide nothing.
            continue
        if name in ("annotation", "returns", "type_params", "ctx", "decorator_list"):
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield child


def _executed(node: ast.stmt) -> tuple[int, int]:
    """Return the lines of a statement that run when it does: of a compound one its head only."""
    if isinstance(node, ast.If | ast.While):
        return node.lineno, node.test.end_lineno or node.lineno
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.With | ast.Try | ast.For):
        return node.lineno, node.lineno
    return node.lineno, node.end_lineno or node.lineno


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _is_log(node: ast.stmt) -> bool:
    """Whether a statement does nothing but log."""
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Await):
        call = call.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    owner = call.func.value
    return (isinstance(owner, ast.Attribute) and owner.attr in ("_log", "log")) or call.func.attr.startswith("_log")
