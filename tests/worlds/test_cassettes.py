"""The cassette world: what was recorded with the stand-in is replayed to it, and a stand-in that changed drifts."""

from pathlib import Path

import pytest

from conformance.gateway.cassette.conversation import DriftedError
from conformance.gateway.cassette.session_file import CassetteError
from conformance.history.entries import Answer, Request
from conformance.kit.failure import CheckError
from conformance.kit.run import CaseRun, SuiteError
from conformance.subject.orders import OrderRequest, limit
from conformance.verdict.classify import classify
from conformance.verdict.outcomes import Outcome
from conformance.worlds.cassettes import CassetteWorld
from conformance.worlds.names import KeyType
from conformance.worlds.simulator import SimulatorWorld
from conformance.worlds.world import WorldError
from tests.support.case_runs import CASE, Opener


async def played(run: CaseRun, request: OrderRequest | None = None, *, cancelling: bool = True) -> None:
    """Hold one case from its opening to its conclusion, and close it whatever happens."""
    try:
        await run.open()
        trader = await run.start_trader()
        order = await trader.submit(request or limit("BUY", "0.010", run.market.below_last("2%")))
        await order.reaches("ACCEPTED")
        if cancelling:
            await order.cancel()
            await order.reaches("CANCELED")
        await run.conclude()
    finally:
        await run.close()


@pytest.fixture
async def recorded(case_run: Opener, cassettes: Path) -> Path:
    """A folder with the cassette of the case."""
    await played(case_run(world=SimulatorWorld(), record_to=cassettes))
    return cassettes


@pytest.fixture
def replaying(case_run: Opener, recorded: Path) -> CaseRun:
    """A run of the case on its cassette."""
    return case_run(world=CassetteWorld(recorded))


async def test_recording_is_replayed(replaying: CaseRun) -> None:
    """What was recorded is replayed with nothing behind it, and every check of the case holds again."""
    await played(replaying)
    assert replaying.world.upstream is None
    assert {record.source for record in replaying.history.of(Answer)} == {"cassette"}


async def test_replay_says_where_it_comes_from(replaying: CaseRun) -> None:
    """The origin of a replayed world is its cassette's, and so is what the market was."""
    await replaying.open()
    assert replaying.world.origin == "simulator"
    assert replaying.market.last == 50000
    await replaying.close()


@pytest.mark.parametrize("key_type", ["hmac", "ed25519"])
async def test_a_replay_verifies_signatures_of_either_key_type(
    case_run: Opener, cassettes: Path, key_type: KeyType
) -> None:
    """What was recorded with a key of either type is replayed with another of the same type, and no key is in it."""
    venue = SimulatorWorld(key_type=key_type)
    await played(case_run(world=venue, record_to=cassettes))
    written = (cassettes / f"{CASE}.yaml").read_text(encoding="utf-8")
    assert not any(secret in written for secret in venue.secrets)

    replaying = case_run(world=CassetteWorld(cassettes, key_type=key_type))
    await played(replaying)

    checked = {record.signature for record in replaying.history.of(Request) if record.signature != "absent"}
    assert checked == {"valid"}


async def test_missing_cassette_names_the_command(case_run: Opener, cassettes: Path) -> None:
    """A case without cassette is refused with the command that records one."""
    run = case_run(world=CassetteWorld(cassettes))
    with pytest.raises(WorldError, match=f"{CASE}.yaml: there is no cassette.*conformance record --case {CASE}"):
        await run.open()
    await run.close()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
async def test_cut_cassette_is_refused(case_run: Opener, recorded: Path, share: float) -> None:
    """A cassette that was cut, wherever, is refused by name with the remedy; it never counts as drift or failure."""
    path = recorded / f"{CASE}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: int(len(text) * share)], encoding="utf-8")
    run = case_run(world=CassetteWorld(recorded))
    with pytest.raises(CassetteError, match=f"{CASE}.yaml.*conformance record --case {CASE}") as refused:
        await run.open()
    await run.close()
    assert classify(refused.value)[0] is Outcome.BROKEN


async def test_cassette_of_another_case_is_refused(case_run: Opener, recorded: Path) -> None:
    """A cassette under another case's name is refused: ids are permanent, and so is what they were recorded for."""
    path = recorded / f"{CASE}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(CASE, "BBB-010"), encoding="utf-8")
    run = case_run(world=CassetteWorld(recorded))
    with pytest.raises(CassetteError, match="BBB-010"):
        await run.open()
    await run.close()


async def test_another_request_drifts(replaying: CaseRun) -> None:
    """A trader that asks for something else than was recorded has drifted, and what differs is named."""
    with pytest.raises((DriftedError, CheckError)):
        await played(replaying, limit("BUY", "0.020", "49000.00"))
    trouble = await replaying.trouble()
    assert trouble is not None
    assert "quantity was recorded as 0.01, now 0.02" in str(trouble)
    assert classify(trouble)[0] is Outcome.DRIFTED


async def test_request_that_is_not_made_drifts(replaying: CaseRun) -> None:
    """A trader that leaves out what was recorded has drifted, though its case held; the request is named."""
    with pytest.raises(DriftedError, match=r"recorded, but not made in this run: .*DELETE /fapi/v1/order"):
        await played(replaying, cancelling=False)


async def test_recording_is_saved_only_if_all_held(case_run: Opener, cassettes: Path) -> None:
    """A case that fails, or that leaves an armed fault unused, writes no cassette."""
    with pytest.raises(CheckError):
        await played(case_run("1.0.0+dumb", world=SimulatorWorld(), record_to=cassettes))
    run = case_run(world=SimulatorWorld(), record_to=cassettes)
    await run.open()
    run.gateway.faults.answer("POST /fapi/v1/order", 503, {})
    with pytest.raises(SuiteError, match="never happened"):
        await run.conclude()
    await run.close()
    assert not (cassettes / f"{CASE}.yaml").exists()


async def test_moved_market_is_replayed(case_run: Opener, cassettes: Path) -> None:
    """Moves of the market are part of the recording: in replay nothing moves, and the frames that followed come."""
    for world, record_to in ((SimulatorWorld(), cassettes), (CassetteWorld(cassettes), None)):
        run = case_run(world=world, record_to=record_to)
        await run.open()
        await run.start_trader()
        await run.market.moves_to(run.market.below_last("1%"))
        assert run.market.last == 49500
        await run.conclude()
        await run.close()
