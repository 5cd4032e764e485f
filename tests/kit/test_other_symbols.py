"""Another symbol than the case's own: its prices, its moves, and what the account has in it."""

from decimal import Decimal

import pytest

from conformance.history.entries import Control
from conformance.kit.run import CaseRun, SuiteError
from conformance.subject.orders import limit, market, stop_market
from conformance.worlds.simulator import SimulatorWorld
from tests.plugin.stand_in import StandInTrader
from tests.support.case_runs import Opener

DOGE = "DOGEUSDT"
NEEDS = ("other_symbols", "market_moves", "orders_of_others")


@pytest.fixture
def simulated(case_run: Opener) -> CaseRun:
    """A run of a case that declares another symbol; not yet open."""
    return case_run(world=SimulatorWorld(), needs=NEEDS)


async def test_market_of_another_symbol_moves_by_itself(simulated: CaseRun) -> None:
    """Its prices are on its own tick; a move of it is written down with its name, and leaves the case's own alone."""
    await simulated.open()
    doge = await simulated.market.of(DOGE)
    assert (doge.last, doge.below_last("1.37%")) == (Decimal("0.1"), Decimal("0.09863"))
    stop = stop_market("SELL", "1000", trigger="0.098630").but(symbol=DOGE).named("EARLIER-1")
    await simulated.venue.of(DOGE).places(stop)

    await doge.moves_to(doge.below_last("2%"))

    assert (await simulated.venue.of(DOGE).standing("EARLIER-1")).status == "FILLED"
    assert (await simulated.market.of("BTCUSDT")).last == simulated.market.last == Decimal("50000.0")
    (move,) = simulated.history.of(Control)
    assert (move.what, move.given) == ("price moves", {"symbol": DOGE, "path": ["0.098000"]})
    await simulated.close()


async def test_move_of_the_own_symbol_is_written_down_without_its_name(simulated: CaseRun) -> None:
    """Cassettes that were recorded before other symbols could move have their moves so."""
    await simulated.open()

    await simulated.market.moves_to(Decimal("49000.0"))

    (move,) = simulated.history.of(Control)
    assert move.given == {"path": ["49000.00"]}
    await simulated.close()


async def test_books_have_the_symbols_that_were_asked_for(simulated: CaseRun) -> None:
    """What the account has in another symbol is in the venue's books once a case has asked for that symbol."""
    await simulated.open()
    resting = limit("BUY", "1000", "0.090000").but(symbol=DOGE).named("EARLIER-1")
    await simulated.venue.places(resting)
    await simulated.venue.places(market("BUY", "2000").but(symbol=DOGE).named("EARLIER-2"))
    await simulated.venue.opens_position("BUY", "0.010")
    assert [row["symbol"] for row in (await simulated.venue.books())["positions"]] == ["BTCUSDT"]

    of_doge = simulated.venue.of(DOGE)

    books = await simulated.venue.books()
    assert [row["client_order_id"] for row in books["orders"]] == ["EARLIER-1"]
    assert [row["symbol"] for row in books["positions"]] == ["BTCUSDT", DOGE]
    assert Decimal(await of_doge.position()) == 2000
    assert simulated.venue.of(DOGE) is of_doge
    await simulated.close()


async def test_position_of_another_symbol_is_opened_and_closed_there(simulated: CaseRun) -> None:
    """Another client's orders are in the symbol that the venue was asked for, each under a name of its own."""
    await simulated.open()
    of_doge = simulated.venue.of(DOGE)

    await simulated.venue.opens_position("BUY", "0.010")
    await of_doge.opens_position("SELL", "2000")
    await of_doge.opens_position("SELL", "1000", name="EARLIER-2")
    assert [Decimal(await each.position()) for each in (simulated.venue, of_doge)] == [Decimal("0.010"), -3000]

    await of_doge.closes_position("500")
    assert [Decimal(await each.position()) for each in (simulated.venue, of_doge)] == [Decimal("0.010"), -2500]
    await of_doge.closes_position()
    assert Decimal(await of_doge.position()) == 0
    assert (await simulated.venue.standing("EARLIER-ENTRY")).status == "FILLED"
    for name in ("EARLIER-ENTRY-DOGEUSDT", "EARLIER-2"):
        assert (await of_doge.standing(name)).status == "FILLED"
    await simulated.close()


async def test_case_declares_that_it_trades_another_symbol(case_run: Opener) -> None:
    """A market of another symbol is refused to a case that does not declare the need, as orders of it are."""
    run = case_run(world=SimulatorWorld(), needs=("market_moves",))
    await run.open()

    with pytest.raises(SuiteError, match='needs=\\["other_symbols"\\]'):
        await run.market.of(DOGE)

    await run.close()


async def test_trader_has_seen_a_trade_of_each_of_its_symbols(
    case_run: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trader of 2.x that subscribes to trades is started once it has one of each symbol that it was given."""
    printed: list[str] = []

    async def prints(_: SimulatorWorld, symbol: str) -> None:
        printed.append(symbol)

    async def prices(_: StandInTrader) -> dict[str, list[str]]:
        return {"trades": sorted({symbol for symbol in printed if printed.count(symbol) > 1})}

    monkeypatch.setattr(SimulatorWorld, "print_trade", prints)
    monkeypatch.setattr(StandInTrader, "_prices", prices, raising=False)
    run = case_run("2.0.0", SimulatorWorld(), needs=NEEDS)
    await run.open()

    await run.start_trader(subscribe=["trades"], with_data_client=True, symbols=["ETHUSDT", DOGE])

    assert printed == ["ETHUSDT", DOGE] * 2
    await run.close()
