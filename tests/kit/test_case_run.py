"""One case's run: whose fault it is when something goes wrong, and that nothing secret outlives it."""

from pathlib import Path
from typing import cast

import pytest

from conformance.history.entries import Note
from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.needs import Need
from conformance.kit.readiness import made_ready
from conformance.kit.run import CaseRun, SuiteError
from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET
from conformance.subject.errors import SubjectDied
from conformance.subject.orders import limit
from conformance.subject.subject import Subject
from conformance.worlds.simulator import SimulatorWorld
from tests.plugin.stand_in import StandInTrader
from tests.support.case_runs import Opener


async def a_requirement_that_fails(run: CaseRun) -> None:
    """What a case does: it rests on the world, and blames the subject for what it does not find."""
    order = await run.trader.submit(limit("BUY", "0.010", run.market.below_last("2%")))  # type: ignore[union-attr]
    await order.reaches("ACCEPTED", within_s=0.2)


async def held(run: CaseRun) -> None:
    """Hold a case as the plugin does."""
    try:
        await a_requirement_that_fails(run)
    except Exception as error:
        await run.excuse(error)
        raise
    await run.conclude()


async def test_a_world_that_goes_away_is_no_failure_of_the_subject(case_run: Opener) -> None:
    """Without its upstream a case does not see its order, and the run says whose fault that is."""
    world = SimulatorWorld()
    run = case_run(world=world)
    await run.open()
    await run.start_trader()
    await world.close()

    with pytest.raises(SuiteError, match="in the middle of the case: ConnectError"):
        await held(run)

    await run.close()


async def test_a_gateway_that_fails_is_no_failure_of_the_subject(
    case_run: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 500 that the gateway's own defect gives the trader is no answer of the venue."""
    run = case_run(world=SimulatorWorld())
    await run.open()
    await run.start_trader()
    monkeypatch.setattr(run.gateway.faults, "on_request", lambda _request: 1 / 0)

    with pytest.raises(SuiteError, match="ZeroDivisionError"):
        await held(run)

    await run.close()


@pytest.mark.parametrize("secret", [DEFAULT_SECRET, DEFAULT_KEY, "listen key"])
@pytest.mark.parametrize("where", ["history", "log"])
async def test_a_secret_that_slips_through_is_taken_out_and_said(
    case_run: Opener, tmp_path: Path, secret: str, where: str
) -> None:
    """Credentials and the session's listen keys are found in whatever is kept, and removed from it."""
    run = case_run(world=SimulatorWorld())
    await run.open()
    if secret == "listen key":
        secret = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1"
        run.gateway.redaction.listen_key(secret)
    log = tmp_path / "AAA-010-1.log"
    log.write_text(f"spoken in a log: {secret}" if where == "log" else "nothing", encoding="utf-8")
    if where == "history":
        run.history.append(Note(text=f"written by mistake: {secret}"))
    await run.close()

    with pytest.raises(SuiteError, match="invariant 10") as said:
        run.write(tmp_path / "history.jsonl", [log])

    kept = (tmp_path / "history.jsonl").read_text() + log.read_text()
    assert secret not in kept + str(said.value)
    assert History.read(tmp_path / "history.jsonl").entries


async def test_a_run_without_secrets_is_written_as_it_is(case_run: Opener, tmp_path: Path) -> None:
    """Where redaction has no hole the history is kept whole, and nothing is raised."""
    run = case_run(world=SimulatorWorld())
    await run.open()
    await run.start_trader()
    await run.close()

    run.write(tmp_path / "history.jsonl")

    assert len(History.read(tmp_path / "history.jsonl").entries) == len(run.history)


@pytest.mark.parametrize(
    ("version", "subscribe", "needs", "prints"),
    [
        ("1.0.0", ["trades"], None, 2),
        ("1.0.0", ["quotes", "trades"], None, 0),
        ("1.0.0", ["quotes", "trades"], ["emulation"], 2),
        ("2.0.0", ["quotes", "trades"], None, 2),
        ("2.0.0", ["quotes"], None, 0),
    ],
)
async def test_a_trader_that_needs_a_trade_is_shown_one(
    case_run: Opener,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    subscribe: list[str],
    needs: list[Need] | None,
    prints: int,
) -> None:
    """A case begins when a trader that goes by trades has seen one; others among themselves make it.

    It has its prices by them, or holds orders back by the last one.
    """
    world, printed = SimulatorWorld(), []

    async def print_trade(_: str) -> None:
        printed.append(1)

    async def prices(_: StandInTrader) -> dict[str, list[str]]:
        return {"trades": ["BTCUSDT"] if len(printed) > 1 else []}

    monkeypatch.setattr(world, "print_trade", print_trade)
    monkeypatch.setattr(StandInTrader, "_prices", prices, raising=False)
    run = case_run(version, world=world, needs=needs)
    await run.open()

    await run.start_trader(subscribe=subscribe)

    assert len(printed) == prints
    await run.close()


class DyingSubject:
    """A subject whose process dies as often as told before it says a word."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths

    async def start(self) -> None:
        """Die, or be ready."""
        if self.deaths:
            self.deaths -= 1
            raise SubjectDied("its start", -9, "")


async def test_a_process_that_dies_before_its_first_word_gets_a_second_chance() -> None:
    """Once may be the machine's doing, such as a want of memory; twice is believed, and is the version's failure."""
    await made_ready(cast(Subject, DyingSubject(0)))
    await made_ready(cast(Subject, DyingSubject(1)))
    with pytest.raises(SubjectDied):
        await made_ready(cast(Subject, DyingSubject(2)))


async def test_a_note_of_the_childs_own_code_is_no_failure_of_the_subject(case_run: Opener) -> None:
    """Where the suite's code beside the trader breaks, events may be missing: that is written down, and said."""
    run = case_run(world=SimulatorWorld())
    await run.open()
    await run.start_trader()
    run._entries.on_note("AttributeError: 'OrderAccepted' object has no attribute 'venue_order_id'")

    with pytest.raises(SuiteError, match="beside the trader: AttributeError"):
        await held(run)

    assert "AttributeError" in run.history.timeline()
    await run.close()


async def test_what_a_case_required_of_the_wire_is_asked_again_at_its_end(case_run: Opener) -> None:
    """That something is sent once, or never, is about the whole case: not only what had come when it looked."""
    run = case_run(world=SimulatorWorld())
    await run.open()
    trader = await run.start_trader()
    run.wire.none("POST /fapi/v1/order", newClientOrderId="AAA-010-1")
    sent = run.wire.requests
    run.wire.requests = lambda *_, **__: sent("GET /fapi/v3/balance")[:1]  # type: ignore[method-assign]

    with pytest.raises(CheckError, match="POST /fapi/v1/order"):
        await run.conclude()

    assert trader is run.trader
    await run.close()
