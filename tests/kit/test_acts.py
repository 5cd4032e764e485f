"""Acts on the venue that no client could do: written down, done by the simulator, replayed, refused on the testnet."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conformance.gateway.cassette.conversation import DriftedError
from conformance.history.entries import Control, Request
from conformance.kit.run import CaseRun
from conformance.subject.orders import limit, stop_market
from conformance.worlds.cassettes import CassetteWorld
from conformance.worlds.simulator import SimulatorWorld
from conformance.worlds.world import WorldError
from tests.support.case_runs import Opener

type Act = Callable[[CaseRun], Awaitable[None]]
SYMBOL = {"symbol": "BTCUSDT"}
#: Each act as a case calls it, and the control record that tells of it.
ACTS: Mapping[str, tuple[Act, dict[str, Any]]] = {
    "liquidate": (lambda run: run.venue.liquidates(), SYMBOL),
    "deleverage": (lambda run: run.venue.deleverages("0.004"), {**SYMBOL, "quantity": "0.004"}),
    "fund": (lambda run: run.venue.funds(), SYMBOL),
    "deposit": (lambda run: run.venue.transfers("-1000"), {"asset": "USDT", "amount": "-1000"}),
    "delist": (lambda run: run.venue.delists(), SYMBOL),
    "list_symbol": (
        lambda run: run.venue.lists("ATOMUSDT", baseAsset="ATOM"),
        {"symbol": "ATOMUSDT", "baseAsset": "ATOM"},
    ),
    "set_status": (lambda run: run.venue.sets_status("TRADING_HALT"), {**SYMBOL, "status": "TRADING_HALT"}),
    "expire_order": (lambda run: run.venue.expires("17", 4), {**SYMBOL, "order_id": "17", "reason": 4}),
    "expire_algo": (lambda run: run.venue.expires_stop("17", "gone"), {"algo_id": "17", "reason": "gone"}),
    "reject_at_trigger": (
        lambda run: run.venue.rejects_at_trigger("17", "no margin"),
        {"algo_id": "17", "reason": "no margin"},
    ),
    "throttle": (lambda run: run.venue.throttles(), {"on": True}),
    "advance": (lambda run: run.venue.lets_pass(60_000), {"ms": 60_000}),
    "age": (lambda run: run.venue.ages(60_000), {"ms": 60_000}),
    "skew_clock": (lambda run: run.venue.skews_clock(-500), {"ms": -500}),
    "expire_listen_key": (lambda run: run.venue.expires_listen_key(), {}),
    "set_book": (
        lambda run: run.market.offers(bids=[(Decimal("49999.00"), "0.5")], asks=[(Decimal("50001.00"), "0.003")]),
        {**SYMBOL, "bids": [["49999.00", "0.5"]], "asks": [["50001.00", "0.003"]]},
    ),
    "set_mark": (lambda run: run.market.marks(Decimal("48000.00")), {**SYMBOL, "price": "48000.00"}),
    "number_trades": (lambda run: run.market.numbers_trades_from(9999), {**SYMBOL, "trade_id": 9999}),
    "fill": (lambda run: run.market.takes("1000000000", "0.004"), {**SYMBOL, "quantity": "0.004"}),
}


def controls(run: CaseRun) -> list[dict[str, Any]]:
    """Return the acts of a run as its history tells of them, without their numbers."""
    return [{"what": act.what, **act.given} for act in run.history.of(Control)]


async def held(run: CaseRun) -> list[Decimal]:
    """Return the positions at the venue."""
    return [Decimal(row["signed_qty"]) for row in (await run.venue.books())["positions"]]


async def balance(run: CaseRun) -> Decimal:
    """Return the wallet balance in USDT at the venue."""
    return next(Decimal(row["total"]) for row in (await run.venue.books())["balances"] if row["currency"] == "USDT")


@pytest.fixture
def simulated(case_run: Opener) -> CaseRun:
    """A run of a case in the simulator world; not yet open."""
    return case_run(world=SimulatorWorld())


async def test_position_is_liquidated_and_deleveraged(simulated: CaseRun) -> None:
    """Part of a position is closed by auto-deleveraging, and what is left by liquidation."""
    await simulated.open()
    await simulated.venue.opens_position("BUY", "0.010")
    await simulated.venue.deleverages("0.004")
    assert await held(simulated) == [Decimal("0.006")]
    await simulated.venue.liquidates()
    assert await held(simulated) == []
    await simulated.close()


async def test_money_comes_and_goes(simulated: CaseRun) -> None:
    """Funding is exchanged on a position, and a transfer changes the balance by its amount."""
    await simulated.open()
    await simulated.venue.opens_position("BUY", "0.010")
    before = await balance(simulated)
    await simulated.venue.funds()
    funded = await balance(simulated)
    assert funded != before
    await simulated.venue.transfers("-1000")
    assert await balance(simulated) == funded - 1000
    await simulated.close()


async def test_orders_are_filled_in_part(simulated: CaseRun) -> None:
    """Another trader takes part of a resting order, and what others offer is all that there is to be had."""
    await simulated.open()
    placed = await simulated.venue.places(limit("BUY", "0.010", "49000.00").named("EARLIER-1"))
    await simulated.market.takes(str(placed["orderId"]), "0.004")
    (order,) = (await simulated.venue.books())["orders"]
    assert Decimal(order["filled_qty"]) == Decimal("0.004")
    await ACTS["set_book"][0](simulated)
    bought = await simulated.venue.places(limit("BUY", "0.010", "50001.00", time_in_force="IOC").named("EARLIER-2"))
    assert Decimal(bought["executedQty"]) == Decimal("0.003")
    await simulated.close()


async def test_trades_are_forgotten(simulated: CaseRun) -> None:
    """The venue tells of a trade, and of none any more once it has forgotten them."""
    await simulated.open()
    await simulated.venue.opens_position("BUY", "0.010")
    assert len(await simulated.venue.trades()) == 1
    await simulated.venue.forgets_trades()
    assert await simulated.venue.trades() == []
    assert [act["route"] for act in controls(simulated)] == ["GET /fapi/v1/userTrades", "GET /fapi/v1/allOrders"]
    await simulated.close()


async def test_trades_have_realised_what_they_made_and_cost(simulated: CaseRun) -> None:
    """Of a position that was bought and sold what is left of its profit after both commissions is told."""
    await simulated.open()
    await simulated.venue.opens_position("BUY", "0.010")
    await simulated.market.moves_to(Decimal("51000.00"))
    await simulated.venue.closes_position()

    cost = sum((cost for cost, _ in (await simulated.venue.commissions()).values()), Decimal(0))
    made = Decimal("0.010") * (Decimal("50999.90") - Decimal("50000.10"))
    assert await simulated.venue.realised() == made - cost
    await simulated.close()


async def test_another_client_amends_and_cancels(simulated: CaseRun) -> None:
    """Orders and stops of the account are changed and cancelled by whoever has its key."""
    await simulated.open()
    venue = simulated.venue
    placed = await venue.places(limit("BUY", "0.010", "49000.00").named("EARLIER-1"))
    await venue.amends(str(placed["orderId"]), "BUY", quantity="0.020", price="48000.00")
    (order,) = (await venue.books())["orders"]
    assert (Decimal(order["quantity"]), Decimal(order["price"])) == (Decimal("0.020"), Decimal(48000))
    stop = await venue.places(stop_market("SELL", "0.010", trigger="45000.00").named("EARLIER-2"))
    await venue.cancels_stop(str(stop["algoId"]))
    assert [row["client_order_id"] for row in (await venue.books())["orders"]] == ["EARLIER-1"]
    await venue.cancels_all()
    assert (await venue.books())["orders"] == []
    await simulated.close()


async def test_another_client_holds_a_stop_for_its_whole_position(simulated: CaseRun) -> None:
    """As the exchange's own app makes one: closePosition, good till the position is closed."""
    await simulated.open()
    venue = simulated.venue
    await venue.opens_position("BUY", "0.010")
    stop = stop_market("SELL", "0", trigger="45000.00").but(close_position=True, trigger_type="MARK_PRICE")
    await venue.places(stop.named("APP-STOP"), timeInForce="GTE_GTC")
    (row,) = (await venue.books())["orders"]
    assert (row["close_position"], row["time_in_force"], row["trigger_type"]) == (True, "GTE_GTC", "MARK_PRICE")
    await venue.closes_position()
    assert await held(simulated) == []
    await simulated.close()


async def test_another_client_places_what_the_app_alone_takes(simulated: CaseRun) -> None:
    """An order with RPI is post-only in the venue's books."""
    await simulated.open()
    request = limit("BUY", "0.010", "49000.00").named("APP-RPI")
    await simulated.venue.places(request, timeInForce="RPI")
    (row,) = (await simulated.venue.books())["orders"]
    assert (row["time_in_force"], row["post_only"]) == ("RPI", True)
    await simulated.close()


async def test_account_has_chosen_for_each_symbol(simulated: CaseRun) -> None:
    """What the account has chosen for a symbol can be asked: leverage and margin type."""
    await simulated.open()
    await simulated.venue.changes_leverage(7)
    await simulated.venue.of("ETHUSDT").isolates_margin()
    assert (await simulated.venue.settings())["leverage"] == 7
    assert (await simulated.venue.of("ETHUSDT").settings())["marginType"] == "ISOLATED"
    await simulated.close()


async def test_another_client_hedges(simulated: CaseRun) -> None:
    """In hedge mode a symbol has two positions, each with its side."""
    await simulated.open()
    await simulated.venue.turns_hedge_mode_on()
    await simulated.venue.opens_position("BUY", "0.010", position_side="LONG")
    await simulated.venue.opens_position("SELL", "0.004", position_side="SHORT")
    rows = (await simulated.venue.books())["positions"]
    assert {row["position_side"]: Decimal(row["signed_qty"]) for row in rows} == {
        "LONG": Decimal("0.010"),
        "SHORT": Decimal("-0.004"),
    }
    await simulated.close()


@pytest.mark.parametrize("what", ACTS)
async def test_act_is_written_down_and_reaches_the_simulator(
    simulated: CaseRun, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act is one control record with all that was given, and the simulator is told the same, once."""
    done: list[dict[str, Any]] = []
    await simulated.open()
    world = simulated.world
    assert isinstance(world, SimulatorWorld)
    monkeypatch.setattr(world._simulator.control, what, lambda **given: done.append({"what": what, **given}))
    act, given = ACTS[what]
    await act(simulated)
    more = {"order_id": "1000000000"} if what == "fill" else {}
    assert controls(simulated) == done == [{"what": what, **given, **more}]
    await simulated.close()


@pytest.mark.parametrize("what", ACTS)
async def test_act_is_refused_on_the_testnet(case_run: Opener, what: str) -> None:
    """Nobody can do such things there: the case that asks is told where it belongs, and the venue is not asked."""
    run = case_run()
    await run.open()
    asked = len(run.history.of(Request))
    with pytest.raises(WorldError, match=f"the testnet world cannot {what} .*: mark the case for `simulator` only"):
        await ACTS[what][0](run)
    assert len(run.history.of(Request)) == asked
    await run.close()


async def acted(run: CaseRun, what: str, *, concluded: bool = True) -> None:
    """Hold a case that is about one act."""
    try:
        await run.open()
        await run.start_trader()
        await ACTS[what][0](run)
        if concluded:
            await run.conclude()
    finally:
        await run.close()


@pytest.mark.parametrize("what", ["fund", "set_book", "expire_listen_key"])
async def test_act_is_only_replayed_from_a_cassette(
    case_run: Opener, cassettes: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a cassette answers, the act is written down as it was when recorded, and nobody is asked to do it."""
    recorded = case_run(world=SimulatorWorld(), record_to=cassettes)
    await acted(recorded, what)
    replayed = case_run(world=CassetteWorld(cassettes))
    asked: list[str] = []

    async def act(what: str, _given: Mapping[str, Any]) -> None:
        asked.append(what)

    monkeypatch.setattr(replayed.world, "act", act)
    await acted(replayed, what)
    assert asked == []
    assert controls(replayed) == controls(recorded) == [{"what": what, **ACTS[what][1]}]


async def test_another_act_than_was_recorded_drifts(case_run: Opener, cassettes: Path) -> None:
    """A case that does something else than when it was recorded cannot be replayed; what was recorded is named."""
    await acted(case_run(world=SimulatorWorld(), record_to=cassettes), "fund")
    with pytest.raises(DriftedError, match=r"control 'set_book' is not what the cassette .*'fund' comes next"):
        await acted(case_run(world=CassetteWorld(cassettes)), "set_book", concluded=False)
