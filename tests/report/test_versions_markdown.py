"""The page of groups and defects × versions."""

from dataclasses import replace

from conformance.report.versions_markdown import versions_markdown
from conformance.verdict.results import Results
from tests.verdict.test_verdict import case, run


def ran(version: str, profile: str = "default", **outcomes: str) -> Results:
    """Return a run; ids are written with `_`, and `K` is a failure on record."""
    known = replace(case("A-1", "F", expected=True), defect="lost-stops")
    cases = {
        name.replace("_", "-"): replace(known, id=name) if short == "K" else case(name, short)
        for name, short in outcomes.items()
    }
    whole = run(version)
    return replace(whole, header=replace(whole.header, profile=profile), cases=cases)


def test_versions_stand_in_their_order_by_profile() -> None:
    """1.9 comes before 1.10, and each profile has tables of its own, the default one first."""
    page = versions_markdown(
        [ran("1.230.0", "checks", A_1="P"), ran("2.0.0rc7", A_1="P"), ran("1.231.0", A_1="P"), ran("1.9.0", A_1="P")]
    )

    assert page.index("## Profile `default`") < page.index("## Profile `checks`")
    assert "| group | 1.9.0 | 1.231.0 | 2.0.0rc7 |" in page
    assert "| group | 1.230.0 |" in page
    assert "conformance matrix --profile default --profile checks" in page


def test_a_group_says_how_much_of_it_passes() -> None:
    """Of those that were decided; what is not as expected is marked, and what nothing is known of is no 0."""
    page = versions_markdown([ran("1.231.0", A_1="P", A_2="K", A_3="F", B_1="P", B_2="K", C_1="U")])

    assert "| A | 1/3 ! |" in page
    assert "| B | 1/2 |" in page
    assert "| C | – |" in page
    assert "| **all** | 2/5 ! |" in page


def test_each_defect_says_how_many_cases_show_it() -> None:
    """A version that does not show it has an empty cell."""
    page = versions_markdown([ran("1.230.0", A_1="K", A_2="K"), ran("1.231.0", A_1="P", A_2="P")])

    assert "| `lost-stops` | 2 |  |" in page


def test_nothing_is_a_page_too() -> None:
    """A shard may have no version."""
    assert "Nothing was run" in versions_markdown([])
