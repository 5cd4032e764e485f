"""The table in the documentation."""

import pytest

from conformance.simulator.inventory import inventory
from tests.clients import table


def test_page__holds_the_table_that_the_command_writes() -> None:
    """docs/simulator.md is what `python -m tests.clients.table --write` makes of it."""
    page = table.PAGE.read_text(encoding="utf-8")

    assert table.page_with(table.table(), page) == page


def test_table__misses_no_row() -> None:
    """Every row of the reference's sections 6, 7 and 9, and whatever else the simulator has, is in the table once."""
    text = table.table()
    asked = [name for names in table.scope().values() for name in names]

    for name in {*asked, *(entry.name for entry in inventory())}:
        assert text.count(f"| `{name}` |") == 1, name


def test_table__says_no_where_something_is_not_implemented(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of the reference that the simulator lacks stays in the table, as a gap."""
    have = inventory()
    monkeypatch.setattr(table, "inventory", lambda: [entry for entry in have if entry.name != "GET /fapi/v1/order"])

    assert "| `GET /fapi/v1/order` | no |" in table.table()


def test_page__without_a_place_for_the_table_is_refused() -> None:
    """A page that lost its marks is an error that says what is missing."""
    with pytest.raises(ValueError, match="end of table"):
        table.page_with("", "# A page\n")
