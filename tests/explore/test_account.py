"""The account that a program plays in."""

import pytest

from conformance.explore.account import TradedAccount
from conformance.explore.program import Program
from conformance.explore.steps.commands import Restart
from conformance.explore.steps.hedge_account import HedgeAccount
from conformance.explore.steps.lists import Bracket
from conformance.explore.steps.submission import Submit
from conformance.subject.orders import OrderRequest, market, stop_market

OPENS = market("BUY", "0.010")
REDUCES = market("BUY", "0.010", reduce_only=True)
CLOSES = stop_market("SELL", "0.010", trigger="1").but(close_position=True)


@pytest.mark.parametrize(("request_", "leg"), [(OPENS, "LONG"), (REDUCES, "SHORT"), (CLOSES, "LONG")])
def test_order_is_for_the_position_that_it_opens_or_closes(request_: OrderRequest, leg: str) -> None:
    """In hedge mode each order names its position; in one-way mode it stays as it is."""
    hedged = TradedAccount(None, hedged=True)  # type: ignore[arg-type]
    assert hedged.named(request_).position_id == f"BTCUSDT-PERP.BINANCE-{leg}"
    assert TradedAccount(None).named(request_) == request_  # type: ignore[arg-type]


def test_exits_of_a_bracket_are_for_the_position_of_its_entry() -> None:
    """The exits of a bracket do not say that they close; its entry tells which position they are for."""
    hedged = TradedAccount(None, hedged=True)  # type: ignore[arg-type]
    exits = stop_market("SELL", "0.010", trigger="1")
    assert hedged.named(exits, opened_by="BUY").position_id == "BTCUSDT-PERP.BINANCE-LONG"


def test_program_says_what_it_needs() -> None:
    """Hedge mode, brackets and warm restarts are needs of a kept program; after any restart orders may be nobody's."""
    program = Program.of([HedgeAccount(), Bracket(orders=("a", "b", "c")), Restart(warm=True)])
    assert program.needs == ("hedge", "brackets", "order_lists", "orders_of_others", "cache_database")
    assert Program.of([Submit(order="a"), Restart()]).needs == ("orders_of_others",)
    assert Program.of([Submit(order="a")]).needs == ()
