"""Cases are played without pytest as pytest plays them, and a faulty adapter is told by them."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from _pytest.fixtures import FixtureFunctionDefinition

from conformance.kit.declaration import case
from conformance.kit.given import NAMES
from conformance.kit.market import Market
from conformance.kit.metadata import Case, cases_of
from conformance.kit.trader import Trader
from conformance.plugin import fixtures
from conformance.proof.basis import Basis, Ground
from conformance.proof.book import Trial
from conformance.proof.player import Player
from conformance.proof.trying import Field, try_wire
from conformance.proof.wire.places import Place, places
from conformance.proof.wire.wire_mutants import WireMutant
from conformance.subject.installations import Installation
from conformance.subject.orders import limit
from conformance.subject.subject import Subject
from conformance.verdict.outcomes import Outcome
from conformance.worlds.simulator import SimulatorWorld
from tests.plugin.stand_in import StandInSubject


@case("AAA-010", rule="New Order")
async def an_order_is_accepted(trader: Trader, market: Market) -> None:
    """An order MUST be accepted."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED", within_s=2.0)


@case("AAA-020", rule="New Order", needs=["hedge"])
async def what_nobody_has() -> None:
    """A trader MUST have what it has not."""


@case("AAA-030", rule="New Order")
async def no_end() -> None:
    """A case MUST end."""
    await asyncio.Event().wait()


@case("AAA-040", rule="New Order")
async def fails_today() -> None:
    """A case MUST do what it did when the basis was measured."""
    raise AssertionError("not on this machine")


def the(test: Any) -> Case:
    """Return a function's one case."""
    (found,) = cases_of(test)
    return found


@pytest.fixture
def player(tmp_path: Path) -> Player:
    """A player whose subject is the stand-in."""
    made = Player(Installation("1.0.0", Path("python"), "stand-in"), folder=tmp_path, profile="quiet")
    made.subject = cast(Subject, StandInSubject("1.0.0"))
    return made


def test_a_case_is_given_what_pytest_gives_it() -> None:
    """Every fixture of the plugin is the kit's, by the name of its variable, or one of the three beside."""
    defined = {name: each for name, each in vars(fixtures).items() if isinstance(each, FixtureFunctionDefinition)}

    assert set(defined) == {*NAMES, "run", "subject", "trader"}
    assert all(defined[name].name == name for name in NAMES)


async def test_a_case_is_played_to_its_outcome(player: Player) -> None:
    """A case passes, lacks a capability, or comes to no end: each is an outcome."""
    passed = await player.play(the(an_order_is_accepted))
    lacking = await player.play(the(what_nobody_has))
    endless = await player.play(the(no_end), within_s=0.2)

    assert (passed.outcome, passed.signature) == (Outcome.PASSED, None)
    assert lacking.outcome is Outcome.UNSUPPORTED
    assert endless.found == "failed: EndlessError: the case came to no end within # s"


@pytest.mark.parametrize(
    ("place", "act", "fate"),
    [
        (Place("event", "OrderAccepted"), "hidden", "caught"),
        (Place("request", "POST /fapi/v1/order", "side"), "changed", "caught"),
        (Place("request", "POST /fapi/v1/order"), "sent twice", "caught"),
        (Place("event", "OrderAccepted", "ts_event"), "altered", "survived"),
        (Place("event", "OrderExpired"), "hidden", "unreached"),
    ],
)
async def test_a_mutant_has_its_fate(player: Player, tmp_path: Path, place: Place, act: Any, fate: str) -> None:
    """A mutant is caught by a case that does something else then; one that no case touches is not tried at all."""
    tested = the(an_order_is_accepted)
    sound = await player.play(tested)
    basis = Basis(case_id=tested.id, found=sound.found, seconds=0.1, places=sorted(map(str, places(sound.history))))
    field = Field(
        installation=player.subject.installation,
        package=tmp_path,
        ground=Ground("1.0.0", "quiet", {tested.id: basis}),
        cases={tested.id: replace(tested)},
        folder=tmp_path,
        at_most=10,
        before={},
    )

    trial = await try_wire(WireMutant(place, act), field, player, SimulatorWorld().account)

    assert trial.fate == fate


async def test_what_a_faulty_adapter_cannot_sign_is_not_tried(player: Player, tmp_path: Path) -> None:
    """A mutant that only traders with an Ed25519 key could show says nothing of the contract."""
    signed = replace(the(an_order_is_accepted), profile="ed25519")
    place = Place("request", "WS session.logon", "apiKey")
    basis = Basis(case_id=signed.id, found="passed", seconds=0.1, places=[str(place)])
    field = Field(
        installation=player.subject.installation,
        package=tmp_path,
        ground=Ground("1.0.0", "quiet", {signed.id: basis}),
        cases={signed.id: signed},
        folder=tmp_path,
        at_most=10,
        before={},
    )

    trial = await try_wire(WireMutant(place, "changed"), field, player, SimulatorWorld().account)

    assert (trial.fate, trial.tried) == ("beyond", 0)
    assert trial.why


async def test_a_case_that_missed_a_mutant_is_not_played_again(player: Player, tmp_path: Path) -> None:
    """Of the cases that touch a survivor only those are played that were not played then."""
    tested = the(an_order_is_accepted)
    sound = await player.play(tested)
    basis = Basis(case_id=tested.id, found=sound.found, seconds=0.1, places=sorted(map(str, places(sound.history))))
    mutant = WireMutant(Place("event", "OrderAccepted"), "hidden")
    field = Field(
        installation=player.subject.installation,
        package=tmp_path,
        ground=Ground("1.0.0", "quiet", {tested.id: basis}),
        cases={tested.id: replace(tested)},
        folder=tmp_path,
        at_most=10,
        before={mutant.id: Trial(mutant=mutant.id, kind="wire", fate="survived", missed_by=(tested.id,))},
    )

    trial = await try_wire(mutant, field, player, SimulatorWorld().account)

    assert (trial.fate, trial.missed_by) == ("survived", (tested.id,))


@pytest.mark.parametrize(("controlled", "fate"), [(False, "caught"), (True, "survived")])
async def test_what_the_version_itself_does_today_tells_no_mutant(
    player: Player, tmp_path: Path, controlled: bool, fate: str
) -> None:
    """A case that by now does something else on the version as it is, too, says nothing about a mutant."""
    place = Place("event", "OrderAccepted")
    tested = the(fails_today)
    field = Field(
        installation=player.subject.installation,
        package=tmp_path,
        ground=Ground(
            "1.0.0", "quiet", {tested.id: Basis(case_id=tested.id, found="passed", seconds=0.1, places=(str(place),))}
        ),
        cases={tested.id: tested},
        folder=tmp_path,
        at_most=10,
        before={},
        control=player if controlled else None,
    )

    trial = await try_wire(WireMutant(place, "hidden"), field, player, SimulatorWorld().account)

    assert trial.fate == fate
