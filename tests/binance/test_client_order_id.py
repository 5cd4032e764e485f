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
        ("x-aHRE4BCj-T04bQXANBoTM0H", "O-20261126-174159-001-002-1", "O-20261126-174159-001-002-1"),
        ("x-aHRE4BCj-t04bQXANBoTM0H", "O202611261741590010021", "O202611261741590010021"),
        ("x-aHRE4BCj-U0TMXp8QPR6yGvKuV2GZQ10", *["0f8fad5b-d9cb-469f-a165-70867728950e"] * 2),
        ("x-aHRE4BCj-u0TMXp8QPR6yGvKuV2GZQ10", *["0f8fad5bd9cb469fa16570867728950e"] * 2),
        ("x-aHRE4BCj-T047IBdyLevrb2", *["O-20260305-120000-001-001-100"] * 2),
        ("x-aHRE4BCjA2JW0otZ8ly8Iy", *["O-20260922-160119-V2-000-8"] * 2),
        ("x-aHRE4BCjA2JXDiyA6P1QEM", *["O-20260923-000138-001-a-42"] * 2),
        ("x-aHRE4BCjA2JXDiyA6P1QEM0", *["x-aHRE4BCjA2JXDiyA6P1QEM0"] * 2),
        ("x-aHRE4BCj-T!", "x-aHRE4BCj-T!", "x-aHRE4BCj-T!"),
        (".k3f9x1", ".k3f9x1", ".k3f9x1"),
        ("", "", ""),
    ],
)
def test_id_is_read_in_one_way(raw: str, own: str, case: str) -> None:
    """The trader's own id is what 2.x has packed behind its broker's prefix, the case's has no mark of a run.

    Neither reading leaves an id empty, and what is packed in no known way stays as it is.
    """
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
