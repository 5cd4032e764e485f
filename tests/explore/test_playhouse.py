"""How a program on a subject ends: what the trader does to itself is a finding, not the suite's fault."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.explore import playhouse
from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.run import CaseRun
from conformance.subject.errors import SubjectDied, SubjectHung
from tests.explore.some import SOME

RUN = SimpleNamespace(market=None, venue=None, gateway=SimpleNamespace(faults=None), history=History())


@pytest.mark.parametrize(
    ("raised", "signature"),
    [
        (SubjectDied("submit", -6, "aborted"), "the trader's process died during submit"),
        (SubjectHung("cancel", 5, "busy"), "the trader hung at cancel"),
        (CheckError("x", required="a", seen="b", signature="it is b"), "it is b"),
    ],
)
async def test_what_the_trader_does_to_itself_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, signature: str
) -> None:
    """A process that dies, one that hangs and a failed check are signs, each under its own signature."""

    async def played(*_: Any) -> None:
        raise raised

    monkeypatch.setattr(playhouse, "play", played)

    (sign,) = await playhouse._performed(cast(CaseRun, RUN), SOME[0])

    assert sign.signature == signature
