"""The tables of several versions: a column a run, a row a group or a case."""

from io import StringIO

from rich.console import Console

from conformance.report.comparison import counted, shown
from conformance.report.markdown import groups_table, versions_table
from conformance.report.sheets import Sheet, cases_by_version, groups_by_version
from conformance.report.terminal_sheets import print_sheet
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
        "| all | 1 ✓ · 1 ✗ | 1 ✓ · 1 ✗ known |",
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


def printed(sheet: Sheet, width: int, *, every: bool) -> list[str]:
    """Return the lines of a sheet on a console of that width, without the blanks at their ends."""
    console = Console(file=StringIO(), width=width)
    print_sheet(console, sheet, every=every)
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_many_versions_stand_below_each_other_where_the_terminal_has_no_room() -> None:
    """At 80 columns no line is longer and no cell is broken: what has no room beside is below, with its groups."""
    runs = [run(f"1.2{n}.0", passed("CXL-010"), failed("CXL-020", expected=True), failed("CXL-030")) for n in range(20)]

    lines = printed(groups_by_version(runs), 80, every=True)

    assert max(map(len, lines)) <= 80
    assert [name for line in lines if line.startswith("group") for name in line.split()[1:]] == [
        f"1.2{n}.0" for n in range(20)
    ]
    blocks = [line for line in lines if line.startswith("CXL")]
    assert (len(blocks) < 20, sum(line.count("1 ✓ · 1 ✗ known · 1 ✗") for line in blocks)) == (True, 20)


def test_cases_that_did_the_same_are_a_count() -> None:
    """Two runs that differ in one case are one row and a count; asked for, every case is a row."""
    runs = [
        run("1.230.0", passed("LMT-010"), failed("STOP-010")),
        run("1.231.0", passed("LMT-010"), passed("STOP-010")),
    ]

    lines = printed(cases_by_version(runs), 80, every=False)
    all_lines = printed(cases_by_version(runs), 80, every=True)

    assert [line.split()[0] for line in lines[:3]] == ["case", "STOP-010", "all"]
    assert "1 case did the same in each of these runs; --all shows them" in lines
    assert [line.split()[0] for line in all_lines[:4]] == ["case", "LMT-010", "STOP-010", "all"]


def test_runs_that_differ_in_nothing_are_counted() -> None:
    """Where nothing differs there is no table, but what all of them did."""
    lines = printed(cases_by_version([run("1", passed("A-1")), run("2", passed("A-1"))]), 80, every=False)

    assert lines[0] == "1 case did the same in each of these runs: 1 ✓; --all shows them"
