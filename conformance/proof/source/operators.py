"""The operators: each yields the changes of one kind that a syntax node allows, as text in the node's place.

Own and small. The libraries that are kept (mutmut, cosmic-ray) change operators and numbers; what an adapter gets wrong
is rather a dropped keyword, a swapped argument, a wrong word or a statement that is missing.
"""

import ast
from collections.abc import Callable, Iterator
from copy import copy

#: What a change is called, the node that it replaces, and the node or text in its place.
type Changed = tuple[str, ast.AST, str]
type Operator = Callable[[ast.AST], Iterator[Changed]]

_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}


def comparison(node: ast.AST) -> Iterator[Changed]:
    """Turn a comparison into its opposite."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        changed = copy(node)
        changed.ops = [_NEGATED[type(node.ops[0])]()]
        yield "comparison", node, f"({ast.unparse(changed)})"


def condition(node: ast.AST) -> Iterator[Changed]:
    """Turn a condition that is no comparison into its opposite."""
    if isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(node.test, ast.Compare):
        test = node.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield "condition", test, f"({ast.unparse(test.operand)})"
        else:
            yield "condition", test, f"(not ({ast.unparse(test)}))"


def boolean(node: ast.AST) -> Iterator[Changed]:
    """Swap `and` and `or`."""
    if isinstance(node, ast.BoolOp):
        changed = copy(node)
        changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "boolean", node, f"({ast.unparse(changed)})"


def arithmetic(node: ast.AST) -> Iterator[Changed]:
    """Swap plus and minus, times and divided by."""
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        changed = copy(node)
        changed.op = _ARITHMETIC[type(node.op)]()
        yield "arithmetic", node, f"({ast.unparse(changed)})"


def constant(node: ast.AST) -> Iterator[Changed]:
    """Give a constant another value of its kind."""
    if not isinstance(node, ast.Constant):
        return
    match node.value:
        case bool(flag):
            yield "constant", node, str(not flag)
        case int(number) | float(number):
            yield "constant", node, repr(number + 1)
        case str(text) if text:
            yield "constant", node, repr(f"{text}X")


def statement(node: ast.AST) -> Iterator[Changed]:
    """Leave a statement out; of a return, what is returned."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield "removed statement", node, "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.AugAssign():
            yield "removed statement", node, "pass"
        case ast.Raise() | ast.Continue() | ast.Break():
            yield "removed statement", node, "pass"
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "removed value", value, "None"


def argument(node: ast.AST) -> Iterator[Changed]:
    """Swap the first two arguments of a call."""
    if isinstance(node, ast.Call) and len(node.args) > 1 and not any(isinstance(a, ast.Starred) for a in node.args[:2]):
        changed = copy(node)
        changed.args = [node.args[1], node.args[0], *node.args[2:]]
        yield "swapped argument", node, ast.unparse(changed)


def keyword(node: ast.AST) -> Iterator[Changed]:
    """Leave a keyword argument out."""
    if isinstance(node, ast.Call):
        for dropped in node.keywords:
            if dropped.arg is not None:
                changed = copy(node)
                changed.keywords = [each for each in node.keywords if each is not dropped]
                yield f"dropped keyword {dropped.arg}", node, ast.unparse(changed)


OPERATORS: tuple[Operator, ...] = (
    comparison,
    condition,
    boolean,
    arithmetic,
    constant,
    statement,
    argument,
    keyword,
)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
