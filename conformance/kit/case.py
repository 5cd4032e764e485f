"""What a case is: one requirement with a permanent literal id, tested by one function."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.worlds.names import WORLDS, World

_ID = re.compile(r"^[A-Z]{2,8}-\d{3}$")
_DECORATED = re.compile(r"^@case\(\s*\"([A-Z]{2,8}-\d{3})\"", re.MULTILINE)

Test = Callable[..., Any]


def contract_ids() -> set[str]:
    """Return the ids of all cases of the contract, whatever part of it a run has collected: read from its source."""
    modules = (Path(__file__).resolve().parents[1] / "cases").glob("test_*.py")
    return {found for module in modules for found in _DECORATED.findall(module.read_text(encoding="utf-8"))}


def case(
    identifier: str,
    *,
    rule: str,
    card: str | None = None,
    upstream: Sequence[str] = (),
    worlds: Sequence[World] = WORLDS,
    needs: Sequence[str] = (),
    trader: Mapping[str, Any] | None = None,
) -> Callable[[Test], Test]:
    """Make a test function a case.

    `identifier` is permanent, spaced so that others fit between, and never used again; `rule` names the venue's rule
    that the requirement rests on; `card` the upstream test card; `upstream` issues; `worlds` where it can run; `needs`
    the capabilities without which its outcome is `unsupported`; `trader` what its trader's config has beyond the
    defaults. The function's docstring is the requirement: one sentence with MUST or SHOULD.
    """
    if not _ID.match(identifier):
        raise ValueError(f"case id {identifier!r}: expected a group of capitals and three digits, such as STOP-010")

    def mark(test: Test) -> Test:
        requirement = " ".join((test.__doc__ or "").split())
        if not re.search(r"\b(MUST|SHOULD)\b", requirement):
            raise ValueError(
                f"case {identifier}: its docstring must be the requirement, one sentence with MUST or SHOULD; "
                f"found {requirement!r}"
            )
        metadata = {
            "id": identifier,
            "requirement": requirement,
            "group": test.__module__.rsplit(".", 1)[-1].removeprefix("test_"),
            "card": card,
            "rule": rule,
            "upstream": list(upstream),
            "worlds": list(worlds),
            "needs": list(needs),
            "trader": dict(trader or {}),
        }
        in_session_loop = pytest.mark.asyncio(loop_scope="session")(test)
        return pytest.mark.case(**metadata)(in_session_loop)

    return mark
