"""Client order ids: one reading of them, whatever a version or a run makes of an id."""

import pytest

from conformance.binance.client_order_id import FORM, case_id, id_in, own_id


@pytest.mark.parametrize(
    ("raw", "own", "case"),
    [
        ("STOP-1", "STOP-1", "STOP-1"),
        ("x-aHRE4BCj-RSTOP-1", "STOP-1", "STOP-1"),
        ("x-aHRE4BCj-RSTOP-1.k3f9x1", "STOP-1.k3f9x1", "STOP-1"),
        ("x-aHRE4BCj-Tabcdefghijklm", "x-aHRE4BCj-Tabcdefghijklm", "x-aHRE4BCj-Tabcdefghijklm"),
        ("x-aHRE4BCj-R", "x-aHRE4BCj-R", "x-aHRE4BCj-R"),
        (".k3f9x1", ".k3f9x1", ".k3f9x1"),
        ("", "", ""),
    ],
)
def test_id_is_read_in_one_way(raw: str, own: str, case: str) -> None:
    """The trader's own id has no broker prefix, the case's no mark of a run; neither reading leaves an id empty."""
    assert (own_id(raw), case_id(raw)) == (own, case)


@pytest.mark.parametrize("name", ["newClientOrderId", "clientAlgoId", "origClientOrderId"])
def test_request_names_its_order(name: str) -> None:
    """Whatever the parameter is called; an empty one names none."""
    assert id_in({name: "x-aHRE4BCj-RT-1", "symbol": "BTCUSDT"}) == "T-1"
    assert id_in({name: ""}) is None


@pytest.mark.parametrize(("raw", "fits"), [("A" * 36, True), ("A" * 37, False), ("", False), ("a b", False)])
def test_form_is_the_venues(raw: str, fits: bool) -> None:
    """One to 36 characters of those that it takes."""
    assert bool(FORM.match(raw)) is fits
