"""How a 2.x node ends that is asked to: in good time, with an error, cancelled, or not at all."""

import asyncio
import importlib
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

from conformance.subject import child

_FOR_S = 0.05


class _Strategy:
    """The base class of strategies, in the place of NautilusTrader's."""


def stopping(node: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the reply to a stop, and the notes beside it, of a node that ends so once it is told to."""
    trading = SimpleNamespace(Strategy=_Strategy)
    absent = {"nautilus_trader": MagicMock(), "nautilus_trader.trading": trading}
    package = "conformance.subject.child.v2"
    lacking = {f"{package}.{name}": MagicMock() for name in ("slices", "capabilities", "node")}
    with patch.dict(sys.modules, {**absent, **lacking}), patch.dict(vars(child)):
        kind = importlib.import_module(f"{package}.trader").Trader
    notes: list[tuple[str, str]] = []

    async def ends() -> dict[str, Any]:
        trader = kind(lambda _: None, lambda text, by: notes.append((text, by)))
        told = asyncio.Event()

        async def runs() -> None:
            await told.wait()
            if node == "cancelled":
                raise asyncio.CancelledError
            if node == "broken":
                raise RuntimeError("no such venue")
            if node == "deaf":
                await asyncio.sleep(_FOR_S * 100)

        trader._settings = SimpleNamespace(timeout_stop_s=_FOR_S)
        trader._node = SimpleNamespace(handle=lambda: SimpleNamespace(stop=told.set))
        trader._run = asyncio.create_task(runs())
        reply: dict[str, Any] = await trader.stop(graceful=True)
        return reply

    return asyncio.run(ends()), notes


@pytest.mark.parametrize(
    ("node", "clean", "said"),
    [
        ("clean", True, None),
        ("broken", False, "RuntimeError: no such venue"),
        ("cancelled", False, "the node was cancelled"),
        ("deaf", False, None),
    ],
)
def test_stop_tells_how_the_node_ended(node: str, clean: bool, said: str | None) -> None:
    """Whatever becomes of the node, the stop is answered with what it raised; what went wrong is told beside."""
    reply, notes = stopping(node)

    raised = {"raised": said} if node == "broken" else {}
    assert reply == {"clean": clean, "within_s": _FOR_S, **raised}
    assert [by for _, by in notes] == ["trader"] * (said is not None)
    assert said is None or said in notes[0][0]
