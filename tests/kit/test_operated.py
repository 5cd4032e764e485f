"""What an operator does to a trader and its strategy, and what its cache is asked."""

from typing import Any

import pytest

from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.trader import Trader


@pytest.mark.parametrize(("stops_at", "goes_on"), [(2, True), (None, False)])
async def test_strategy_goes_on_once_it_has_stopped(stops_at: int | None, goes_on: bool) -> None:
    """A managed stop takes its time: `resumes` asks until the strategy has stopped, or says that it still runs."""
    asked = 0

    class Managed:
        async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
            nonlocal asked
            asked += 1
            return {"resumed": stops_at is not None and asked > stops_at}

    trader = Trader(Managed(), History(), "CASE-010")
    if goes_on:
        await trader.resumes(within_s=2.0)
        assert asked == 3
    else:
        with pytest.raises(CheckError, match="it runs"):
            await trader.resumes(within_s=0.2)


@pytest.mark.parametrize("untrue", [[], [["orders_open by strategy_id", "A-1"], ["is_order_open", "A-1"]]])
async def test_answer_that_the_books_belie_is_told(untrue: list[list[str]]) -> None:
    """The failure names each question once, and is the same whichever order it is about."""

    class Asked:
        async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
            return {"untrue": untrue}

    trader = Trader(Asked(), History(), "CASE-010")
    if not untrue:
        await trader.answers_truly()
        return
    with pytest.raises(CheckError, match="orders_open by strategy_id of A-1") as failed:
        await trader.answers_truly()
    assert failed.value.signature == "untrue: is_order_open, orders_open"
