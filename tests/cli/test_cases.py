"""`conformance cases`: in the order of the ids, chosen by name or word, and one case with all that is known of it."""

import json

import pytest
from click.testing import CliRunner, Result

from conformance.cli import cli
from conformance.running.catalogue import collect, in_order
from conformance.verdict.decision import Decision


def invoke(*arguments: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, ["cases", *arguments])


def test_the_order_is_that_of_the_ids() -> None:
    """Numbers count as numbers, and a family's cells stand together behind its own number."""
    cases = {key: {} for key in ["STOP-010", "FATE-1000", "FATE-020.b", "FATE-020.a", "FATE-200"]}
    assert list(in_order(cases)) == ["FATE-020.a", "FATE-020.b", "FATE-200", "FATE-1000", "STOP-010"]


def test_cases_are_chosen_by_name_and_by_word() -> None:
    """A pattern and a word narrow the list; the count says of how many."""
    stops = json.loads(invoke("--json", "--case", "STOP-*").output)
    assert {each["group"] for each in stops} == {"STOP"}
    about = json.loads(invoke("--json", "--case", "STOP-*", "--about", "ioc").output)
    assert 0 < len(about) < len(stops)
    assert f"{len(stops)} cases of {len(collect())}" in invoke("--case", "STOP-*").output
    assert "the nearest is 'STOP-010'" in invoke("--case", "STOP-10").output


def test_one_case_is_shown_with_its_known_failures() -> None:
    """Requirement, rule, upstream's address, the versions that fail it in their order, and how to run it."""
    shown = invoke("show", "STOP-140").output
    for text in ("MUST be filled after the reconnect", "venue rule", "nautilus_trader/issues/3287", "--case STOP-140"):
        assert text in shown
    assert shown.index("fails on ==1.221.0") < shown.index("fails on ==1.222.0") < shown.index("fails on >=2.0.0rc3")


@pytest.mark.parametrize("wrong", ["STOP-14", "stop-140"])
def test_an_unknown_case_names_the_nearest(wrong: str) -> None:
    """A wrong id is wrong usage, with the one that was meant."""
    ended = invoke("show", wrong)
    assert ended.exit_code == Decision.WRONG_USAGE
    assert "the nearest is 'STOP-140'" in ended.output
