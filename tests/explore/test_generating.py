"""How programs are made up."""

import itertools
from pathlib import Path

import pytest

from conformance.datafile import DataFileError
from conformance.explore.generating import made_up
from conformance.explore.novelty import meant, most_novel
from conformance.explore.program import Program
from conformance.explore.steps.submission import TRADING
from conformance.explore.weights import STEPS, WEIGHTS_FILE, load_weights
from tests.explore.some import some


def test_same_seed_makes_up_the_same_programs() -> None:
    """The programs follow from weights and seed alone."""
    assert list(itertools.islice(made_up(load_weights(), 7), 40)) == some()[:40]


def test_other_seeds_make_up_others() -> None:
    """Another seed makes up other programs."""
    assert not set(itertools.islice(made_up(load_weights(), 8), 40)) & set(some())


def test_every_account_and_restart_comes() -> None:
    """Some programs play in hedge mode, and some of the traders that start again find their cache."""
    assert {program.is_hedged for program in some()} == {program.is_warm for program in some()} == {True, False}


def test_no_program_comes_twice() -> None:
    """No two programs of an exploration are alike."""
    assert len(set(some())) == len(some())


def test_programs_are_valid_by_construction() -> None:
    """Every step is about orders that were made before it."""
    assert all(Program.of(program.steps) == program for program in some())


def test_every_kind_of_step_comes() -> None:
    """With the suite's own weights every kind of step comes up soon."""
    names = {step.name for program in some() for step in program.steps}
    # In which account a program plays is said by a step as well, which is drawn apart.
    assert len(names) == len(STEPS) + 1, f"these came: {sorted(names)}"


def test_weights_of_zero_never_come(tmp_path: Path) -> None:
    """What weighs nothing does not come, and what weighs all comes alone."""
    text = WEIGHTS_FILE.read_text(encoding="utf-8")
    head, _, rest = text.partition("[steps]")
    _, _, tail = rest.partition("[orders]")
    path = tmp_path / "weights.toml"
    path.write_text(
        f"{head}[steps]\nsubmit = 3\nrestart = 0\n\n[orders]{tail.replace('hedge = 8', 'hedge = 0')}", encoding="utf-8"
    )
    programs = itertools.islice(made_up(load_weights(path), 1), 30)
    assert {step.name for program in programs for step in program.steps} == {"submit"}


def test_positions_are_closed_where_there_may_be_one() -> None:
    """The venue liquidates, and another client closes, only after something may have traded."""
    closing = ("liquidate", "deleverage", "close", "reduce")
    for program in some():
        before = list(itertools.takewhile(lambda step: getattr(step, "act", "") not in closing, program.steps))
        if len(before) < len(program.steps):
            traded = [step for step in before if step.name in ("fill", "price", "bracket")]
            assert traded or [step for step in before if getattr(step, "kind", "") in TRADING], program.text()


def test_few_kinds_meet_more_often(tmp_path: Path) -> None:
    """A program of few kinds of steps has fewer of them than one of all kinds has."""
    text = WEIGHTS_FILE.read_text(encoding="utf-8")
    kinds = []
    for share in (0, 100):
        path = tmp_path / f"{share}.toml"
        path.write_text(text.replace("few-kinds = 30", f"few-kinds = {share}"), encoding="utf-8")
        programs = [each for each in itertools.islice(made_up(load_weights(path), 1), 80) if len(each.steps) > 5]
        kinds.append(
            sum(len({step.name for step in each.steps}) / len(each.steps) for each in programs) / len(programs)
        )
    assert kinds[1] < kinds[0]


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("restart = 2", "restrat = 2", "restart"),
        ("submit = 20", "submit = 200", "add up to"),
        ("least = 2", "least = 20", "least"),
        ("limit = 8", "limit = -8", "0 or more"),
    ],
)
def test_wrong_weights_are_refused(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    """A file of weights that cannot be meant is refused with what is wrong in it."""
    path = tmp_path / "weights.toml"
    path.write_text(WEIGHTS_FILE.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    with pytest.raises(DataFileError, match=says):
        load_weights(path)


def test_what_is_new_comes_first() -> None:
    """Of a pool the program that reaches most of what is unreached comes first, and one that adds nothing last."""
    reached: set[object] = set()
    pool = [some()[0], Program.of(some()[0].steps[:-1]), *some()[1:3]]
    order = list(most_novel(pool, reached, 4))
    assert order[-1] == pool[1]
    assert reached == set().union(*(meant(program) for program in pool))
