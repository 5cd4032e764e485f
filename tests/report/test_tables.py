"""The tables of several versions: a column a run, a row a group or a case."""

from conformance.report.comparison import counted, shown
from conformance.report.markdown import groups_table, versions_table
from tests.report.test_reports import STOP, failed, passed, run


def test_the_versions_table_has_a_column_a_run() -> None:
    """Several runs become the README's table: every case that any of them has, and the counts."""
    table = versions_table(
        [
            run("1.221.0", passed("ORDER-010"), failed("STOP-010")),
            run("1.231.0", passed("ORDER-010"), failed("FATE-010", expected=True), world="cassettes"),
        ]
    )

    assert table.splitlines()[:6] == [
        "| case | 1.221.0 | 1.231.0 (cassettes) |",
        "|---|---|---|",
        "| FATE-010 |  | ✗ known |",
        "| ORDER-010 | ✓ | ✓ |",
        "| STOP-010 | ✗ |  |",
        "| all | 1 passed, 1 failed | 1 passed, 1 failed |",
    ]


def test_the_groups_table_counts_each_kind_of_outcome() -> None:
    """A row a group, a column a run, and what is on record counted apart from what is not."""
    table = groups_table(
        [
            run(
                "1.231.0",
                passed("STOP-010"),
                failed("STOP-020.buy", expected=True),
                failed("CXL-010"),
                passed("CXL-020"),
            )
        ]
    )

    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert rows == [
        "| group | 1.231.0 |",
        "| CXL | 1 ✓ · 1 ✗ |",
        "| STOP | 1 ✓ · 1 ✗ known |",
        "| all | 2 ✓ · 1 ✗ known · 1 ✗ |",
    ]


def test_the_versions_table_may_tell_the_requirements() -> None:
    """With requirements, the table has them beside the ids."""
    table = versions_table([run("1.231.0", passed("STOP-010"))], {"STOP-010": STOP})

    assert r"| STOP-010 | A STOP\_MARKET MUST be sent to the Algo service. | ✓ |" in table


def test_a_cell_needs_no_colour() -> None:
    """An outcome is a symbol and a word, and one that is missing is said."""
    assert shown(None) == "no result"
    assert shown(passed("A")) == "✓ passed"
    assert counted(run("1")) == "no cases"
