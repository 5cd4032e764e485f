"""A session of the version that ran before the one under test: which runs when, and how each is configured."""

from collections.abc import Sequence
from typing import cast

import pytest

from conformance.history.entries import Command
from conformance.kit.failure import NotGivenError
from conformance.kit.metadata import Case
from conformance.kit.needs import Need
from conformance.kit.readiness import require_kept_by, tells_of_an_upgrade
from conformance.kit.run import SuiteError
from conformance.kit.traders import Traders
from conformance.subject import profiles
from conformance.subject.subject import Subject
from conformance.worlds.simulator import SimulatorWorld
from tests.plugin.stand_in import StandInSubject
from tests.support.case_runs import Opener


async def test_each_session_is_configured_as_its_version_is(case_run: Opener) -> None:
    """The version before runs first, with its generation's profile; then the one under test, with that of its own.

    What the case gives both is the same, and what it gives again wins.
    """
    profile = profiles.load("quiet")
    before = cast(Subject, StandInSubject("1.0.0"))
    run = case_run("2.0.0", world=SimulatorWorld(), profile=profile, before=before)
    await run.open()
    traders = Traders(run, {"max_retries": 7})

    first = await traders.start_before()
    await traders.stop()
    second = await traders.start_again(strategies=1)

    configs = [entry.config for entry in run.history.of(Command) if entry.op == "start"]
    assert [config["max_retries"] for config in configs] == [7, 7]
    assert ["strategies" in config for config in configs] == [False, True]
    for generation, config in enumerate(configs, start=1):
        assert config["exec_engine"] == profile.config(generation)["exec_engine"]
        assert config["client"] == profile.config(generation)["client"]
    assert first is not second
    await run.close()


async def test_without_one_before_the_version_itself_ran(case_run: Opener) -> None:
    """A run that is no case's starts the version under test in both."""
    run = case_run("1.0.0", world=SimulatorWorld())
    await run.open()
    traders = Traders(run, {})

    await traders.start_before()
    await traders.restart()

    assert [entry.op for entry in run.history.of(Command) if entry.op == "start"] == ["start"] * 2
    await run.close()


async def test_who_starts_one_says_so(case_run: Opener) -> None:
    """A case that starts a trader of the version before, and does not need one, is the suite's own fault."""
    run = case_run("1.0.0", world=SimulatorWorld(), needs=())
    await run.open()

    with pytest.raises(SuiteError, match="kept_by_1x"):
        await Traders(run, {}).start_before()

    await run.close()


def _case(needs: Sequence[Need]) -> Case:
    return Case(
        id="AAA-010",
        requirement="It MUST.",
        rule="",
        card=None,
        upstream=(),
        needs=tuple(needs),
        tier="core",
        profile=None,
        trader={},
        place="",
        test=lambda: None,
    )


@pytest.mark.parametrize(
    ("needs", "version", "given"),
    [
        (("kept_by_1x",), "1.230.0", True),
        (("kept_by_1x",), "2.0.0rc6", False),
        (("kept_by_2x",), "2.0.0rc6", True),
        (("kept_by_2x",), "1.230.0", False),
        (("kept_by_1x",), None, False),
        (("cache_database",), None, True),
    ],
)
def test_a_case_about_an_upgrade_needs_the_version_before(
    needs: Sequence[Need], version: str | None, given: bool
) -> None:
    """One of the generation that the case is about; without it the case says with which option to name one."""
    case = _case(needs)
    assert tells_of_an_upgrade(case) is (needs != ("cache_database",))
    if given:
        require_kept_by(case, version)
        return
    with pytest.raises(NotGivenError, match=r"--kept-by \d"):
        require_kept_by(case, version)
