"""The gate from end to end, with real processes in the place of pytest."""

from pathlib import Path

import pytest

from conformance.report.comparison import Comparison
from conformance.running import gating
from conformance.running.gating import RERUNS, Plan, gate
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import RunRequest
from conformance.running.replacing import replaced
from conformance.subject.errors import BuildFailed, MachineUnfit, UnknownVersion
from conformance.verdict.changes import Change
from conformance.verdict.decision import Decision
from tests.support.fake_subjects import Cases, FakeSubjects, Scenario

PASSING = {"ORDER-010": "P", "STOP-010": "P"}
FAILING = {"ORDER-010": "P", "STOP-010": "F:-4120"}


def gated(
    folder: Path, steps: Steps, scenario: Scenario, subjects: FakeSubjects | None = None, **asked: str
) -> Comparison:
    """Gate by a scenario."""
    plan = Plan(
        baseline=asked.get("baseline", "previous"),
        candidate=asked.get("candidate", "newest"),
        options=RunOptions(
            overlays=("nautilus_trader.adapters.binance=/patched",), cache_database="127.0.0.1:6379", workers=2
        ),
        requirements=dict.fromkeys(PASSING, "It MUST."),
        folder=folder,
    )
    return gate(plan, steps, subjects or FakeSubjects(), scenario)


def test_two_versions_alike_are_an_upgrade(tmp_path: Path, steps: Steps, subjects: FakeSubjects) -> None:
    """The candidate keeps what the baseline keeps: both are provisioned and run once, and nothing is run again."""
    scenario = Scenario([PASSING], [PASSING])

    comparison = gated(tmp_path, steps, scenario, subjects)

    assert comparison.verdict.decision is Decision.UPGRADE
    assert (comparison.verdict.baseline, comparison.verdict.candidate) == ("1.230.0", "1.231.0")
    assert subjects.provisioned == ["1.230.0", "1.231.0"]
    assert [request.options.nautilus for request in scenario.requests] == ["1.230.0", "1.231.0"]
    assert {request.options.cache_database for request in scenario.requests} == {"127.0.0.1:6379"}
    assert {request.options.kept_by for request in scenario.requests} == {"1.230.0"}


def test_a_version_that_stands_in_for_another_is_named(tmp_path: Path, steps: Steps) -> None:
    """A machine without the Python of the newest release compares an older one, and the verdict says so."""
    note = "newest is 2.0.0rc7, which needs Python 3.13"

    comparison = gated(tmp_path, steps, Scenario([PASSING], [PASSING]), FakeSubjects(note=note))

    assert comparison.verdict.notes[0] == note


def test_an_overlay_lies_over_the_candidate_only(tmp_path: Path, steps: Steps) -> None:
    """A patch is gated against the version that it patches."""
    scenario = Scenario([PASSING], [PASSING])

    gated(tmp_path, steps, scenario)

    assert [bool(request.options.overlays) for request in scenario.requests] == [False, True]


def test_a_regression_is_run_again_before_it_is_believed(tmp_path: Path, steps: Steps) -> None:
    """Only the case that regressed is run again, on both versions, and once it comes back that is enough."""
    scenario = Scenario([PASSING], [FAILING])

    comparison = gated(tmp_path, steps, scenario)

    assert comparison.verdict.decision is Decision.REGRESSED
    assert "-4120; confirmed by 1 of 1 re-runs" in comparison.verdict.reasons[0]
    assert [request.options.case_ids for request in scenario.requests] == [(), (), ("STOP-010",), ("STOP-010",)]


def test_a_regression_on_record_is_not_run_again(tmp_path: Path, steps: Steps) -> None:
    """What somebody has put on record with this very signature is no chance: it is named with its defect at once."""
    scenario = Scenario([PASSING], [{"ORDER-010": "F:new", "STOP-010": "K:-4120"}])

    verdict = gated(tmp_path, steps, scenario).verdict

    assert verdict.decision is Decision.REGRESSED
    assert verdict.against[1].describe() == "STOP-010 regressed: -4120; on record as lost-stops"
    assert [request.options.case_ids for request in scenario.requests] == [()] * 2 + [("ORDER-010",)] * 2


def test_a_baseline_that_is_not_as_recorded_confirms_nothing(tmp_path: Path, steps: Steps) -> None:
    """Where the baseline passes what it is known to fail, chance may be at work: the case is run again."""
    known = {"ORDER-010": "P", "STOP-010": "K:-4120"}

    scenario = Scenario([known], [known])
    assert gated(tmp_path, steps, scenario).verdict.decision is Decision.UPGRADE
    assert len(scenario.requests) == 2

    stale = Scenario([PASSING | {"STOP-010": "P!"}], [known])
    assert "confirmed by 1 of 1" in gated(tmp_path, steps, stale).verdict.reasons[0]


@pytest.mark.parametrize(("world", "workers"), [("simulator", [2, 2]), ("testnet", [1, 1])])
def test_both_sides_share_the_processes(tmp_path: Path, steps: Steps, world: str, workers: list[int]) -> None:
    """The two runs go on at the same time, each with half of what was asked for; one testnet account serves one."""
    scenario = Scenario([PASSING], [PASSING])
    options = RunOptions(workers=4, world=world)
    plan = Plan(
        baseline="1.230.0",
        candidate="1.231.0",
        options=options,
        requirements=dict.fromkeys(PASSING, "It MUST."),
        folder=tmp_path,
    )

    gate(plan, steps, FakeSubjects(), scenario)

    assert [request.workers for request in scenario.requests] == workers
    assert options.sides_at_once == workers[0]


def test_every_case_is_run_in_each_profile(tmp_path: Path, steps: Steps) -> None:
    """A regression in one profile is run again in that one only, and the reports name it."""
    requests: list[RunRequest] = []
    failing = Scenario([PASSING], [FAILING])
    passing = Scenario([PASSING], [PASSING])

    def commander(request: RunRequest) -> list[str]:
        requests.append(request)
        return (failing if request.options.profile == "desk.toml" else passing)(request)

    plan = Plan(
        baseline="1.230.0",
        candidate="1.231.0",
        options=RunOptions(workers=2),
        requirements=dict.fromkeys(PASSING, "It MUST."),
        folder=tmp_path,
        profiles=("default", "desk.toml"),
    )

    comparison = gate(plan, steps, FakeSubjects(), commander)

    assert [each.id for each in comparison.verdict.against] == ["STOP-010@desk"]
    assert "confirmed by 1 of 1" in comparison.verdict.reasons[0]
    assert comparison.requirements["STOP-010@desk"] == "It MUST."
    again = [request for request in requests if request.options.case_ids]
    assert [(request.options.profile, request.options.case_ids) for request in again] == [
        ("desk.toml", ("STOP-010",))
    ] * 2
    assert {request.results.name for request in requests[:4]} == {
        f"{role}@{profile}.jsonl" for role in ("baseline", "candidate") for profile in ("default", "desk")
    }
    with replaced(tmp_path, ()):
        assert [path.name for path in tmp_path.iterdir()] == [".earlier-gate"]


def test_a_failure_that_does_not_come_back_is_flaky(tmp_path: Path, steps: Steps) -> None:
    """A chance failure is never called a regression, nor passed in silence."""
    scenario = Scenario([PASSING], [FAILING, PASSING])

    comparison = gated(tmp_path, steps, scenario)

    assert comparison.verdict.decision is Decision.INCONCLUSIVE
    assert comparison.verdict.of(Change.FLAKY)[0].id == "STOP-010"
    assert len(scenario.requests) == 2 + 2 * RERUNS


def test_a_defect_that_shows_every_other_time_is_found(tmp_path: Path, steps: Steps) -> None:
    """A race that passes the first re-run is a regression when it fails the second."""
    scenario = Scenario([PASSING], [FAILING, PASSING, FAILING])

    assert gated(tmp_path, steps, scenario).verdict.decision is Decision.REGRESSED


def test_a_re_run_that_does_not_end_confirms_nothing(tmp_path: Path, steps: Steps) -> None:
    """A disk that fills up, or a Redis that dies, is no regression: the suite broke, and the report says how."""
    scenario = Scenario([PASSING], [FAILING, ({}, "dead")])

    verdict = gated(tmp_path, steps, scenario).verdict

    assert verdict.decision is Decision.BROKEN
    assert "STOP-010 broken: it regressed (-4120), but could not be confirmed: a further run" in verdict.reasons[0]
    assert any("a further run did not end" in note for note in verdict.notes)
    assert len(scenario.requests) == 2 + 2 * RERUNS


def test_a_re_run_that_does_not_end_refutes_nothing(tmp_path: Path, steps: Steps) -> None:
    """One whole re-run is enough to confirm a regression, whatever became of the other."""
    scenario = Scenario([PASSING], [FAILING, ({}, "dead"), FAILING])

    assert gated(tmp_path, steps, scenario).verdict.decision is Decision.REGRESSED


def test_a_baseline_that_breaks_once_hides_no_regression(tmp_path: Path, steps: Steps) -> None:
    """Both fail alike at first, but the baseline never again: what the re-runs show is true."""
    scenario = Scenario([FAILING, PASSING], [FAILING])

    verdict = gated(tmp_path, steps, scenario).verdict

    assert verdict.decision is Decision.REGRESSED
    assert "confirmed by 1 of 1 re-runs" in verdict.reasons[0]
    assert [request.options.case_ids for request in scenario.requests] == [()] * 2 + [("STOP-010",)] * 4


def test_a_baseline_that_breaks_twice_is_as_it_was_seen(tmp_path: Path, steps: Steps) -> None:
    """A failure that comes back on the baseline needs no third run, and the candidate has not lost what it lacks."""
    scenario = Scenario([FAILING], [FAILING])

    verdict = gated(tmp_path, steps, scenario).verdict

    assert verdict.decision is Decision.INCONCLUSIVE, "nobody knows yet why it fails on both"
    assert "STOP-010 fails alike on both, and is not on record" in verdict.reasons[0]
    assert len(scenario.requests) == 4


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("cut", "candidate.jsonl:2: found the end of the file after 1 cases, expected the footer"),
        ("dead", "expected the footer"),
    ],
)
def test_a_run_without_whole_results_is_a_broken_suite(ending: str, reason: str, tmp_path: Path, steps: Steps) -> None:
    """Half a run is neither an upgrade nor a regression: the suite broke, and the reason says how."""
    cases: Cases = {"ORDER-010": "P"}

    verdict = gated(tmp_path, steps, Scenario([PASSING], [(cases, ending)])).verdict

    assert verdict.decision is Decision.BROKEN
    assert reason in verdict.reasons[0]


def test_a_run_that_was_refused_is_wrong_usage(tmp_path: Path, steps: Steps) -> None:
    """What pytest found wrong with what it was given is the verdict's whole reason, because it says what to do."""
    verdict = gated(tmp_path, steps, Scenario([PASSING], [({}, "usage")])).verdict

    assert verdict.decision is Decision.WRONG_USAGE
    assert verdict.reasons == ("wrong usage of pytest",)


def test_a_case_that_was_lost_on_both_sides_is_missed(tmp_path: Path, steps: Steps) -> None:
    """What neither run has a result for was planned nonetheless, so that there is no upgrade."""
    lost = {"ORDER-010": "P"}

    verdict = gated(tmp_path, steps, Scenario([lost], [lost])).verdict

    assert verdict.decision is Decision.BROKEN
    assert verdict.reasons == ("STOP-010 broken: neither side has a result for it",)


def test_whatever_a_gate_writes_is_replaced(tmp_path: Path, steps: Steps) -> None:
    """The next gate in the same folder begins with nothing of this one, its further runs included."""
    scenario = Scenario([PASSING], [FAILING])
    gated(tmp_path, steps, scenario)
    for request in scenario.requests:
        (request.options.histories / "logs").mkdir(parents=True)
    assert len(list(tmp_path.iterdir())) == 3 * len(scenario.requests)

    with replaced(tmp_path, ()):
        assert [path.name for path in tmp_path.iterdir()] == [".earlier-gate"]

    assert not list(tmp_path.iterdir())


def test_an_old_result_is_never_taken_for_a_new_one(tmp_path: Path, steps: Steps) -> None:
    """A results file from an earlier gate is gone before a run starts."""
    gated(tmp_path, steps, Scenario([PASSING], [PASSING]))
    assert (tmp_path / "candidate.jsonl").is_file()

    verdict = gated(tmp_path, steps, Scenario([PASSING], [({}, "nothing")])).verdict

    assert verdict.decision is Decision.BROKEN
    assert "pytest ended (exit code 0) and wrote no results" in verdict.reasons[0]
    assert "pretending to run 1.231.0" in verdict.reasons[0], "pytest's last words"


@pytest.mark.parametrize(
    ("subjects", "asked"),
    [
        (FakeSubjects(broken=("1.231.0",)), {}),
        (FakeSubjects(), {"candidate": "unreachable"}),
    ],
)
def test_an_environment_that_cannot_be_made_is_inconclusive(
    subjects: FakeSubjects, asked: dict[str, str], tmp_path: Path, steps: Steps
) -> None:
    """No network is no regression: the verdict is inconclusive with the reason, and nothing is run."""
    scenario = Scenario([PASSING], [PASSING])

    verdict = gated(tmp_path, steps, scenario, subjects, **asked).verdict

    assert verdict.decision is Decision.INCONCLUSIVE
    assert "no route to host" in verdict.reasons[0]
    assert scenario.requests == []


def test_an_unknown_version_is_wrong_usage(tmp_path: Path, steps: Steps) -> None:
    """A version that does not exist is the user's to correct, with the nearest one named."""
    with pytest.raises(UnknownVersion, match=r"the nearest is 1\.231\.0"):
        gated(tmp_path, steps, Scenario([PASSING], [PASSING]), candidate="latest")


def test_a_build_that_fails_is_a_broken_environment(tmp_path: Path, steps: Steps) -> None:
    """The candidate is not there to be judged; the command that failed is in the reason."""

    class Building(FakeSubjects):
        def resolve(self, version: str, **_: object) -> str:
            raise BuildFailed(version, "uv build --wheel", "no linker")

    verdict = gated(tmp_path, steps, Scenario([PASSING], [PASSING]), Building()).verdict

    assert verdict.decision is Decision.BROKEN
    assert "uv build --wheel" in verdict.reasons[0]


def test_an_unfit_machine_runs_nothing(tmp_path: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    """What every version would fail of is told before anything is installed."""

    def unfit(*_: object, **__: object) -> None:
        raise MachineUnfit("the machine cannot run this", ["10 MB of memory are free"])

    monkeypatch.setattr(gating, "look", unfit)
    scenario, subjects = Scenario([PASSING], [PASSING]), FakeSubjects()

    verdict = gated(tmp_path, steps, scenario, subjects).verdict

    assert verdict.decision is Decision.INCONCLUSIVE
    assert "10 MB" in verdict.reasons[0]
    assert (scenario.requests, subjects.provisioned) == ([], [])


@pytest.mark.parametrize(("candidate", "decision"), [(FAILING, Decision.INCONCLUSIVE), (PASSING, Decision.UPGRADE)])
def test_a_machine_that_failed_meanwhile_counts_against_nobody(
    tmp_path: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch, candidate: Cases, decision: Decision
) -> None:
    """A regression is not believed where the machine ended a process for lack of memory; a pass is."""

    def unsound(_: object) -> None:
        raise MachineUnfit("the machine was not sound to the end of the run", ["it ended 1 process"])

    monkeypatch.setattr(gating, "look_again", unsound)

    assert gated(tmp_path, steps, Scenario([PASSING], [candidate])).verdict.decision is decision


def test_the_version_before_is_that_before_the_candidate(tmp_path: Path, steps: Steps) -> None:
    """`previous` is asked for once the candidate is known, and the index given is that of the candidate."""
    asked: list[tuple[str, object, object]] = []

    class Watched(FakeSubjects):
        def resolve(self, version: str, **more: object) -> str:
            asked.append((version, more.get("candidate"), more.get("index")))
            return super().resolve(version)

    gated(tmp_path, steps, Scenario([PASSING], [PASSING]), Watched(), candidate="2.0.0rc7")

    assert asked == [("2.0.0rc7", None, None), ("previous", "2.0.0rc7", None)]
