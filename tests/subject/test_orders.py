"""Orders as a case asks for them: figures that reach the trader as they were written."""

from decimal import Decimal

from conformance.subject.orders import limit


def test_other_terms_may_be_decimals() -> None:
    """A term that is changed to a `Decimal` reaches the trader as its figures, as one does that was given first."""
    asked = limit("BUY", "0.010", Decimal("50000.00")).but(price=Decimal("49000.10"), display_qty="0.005")

    assert asked.to_command()["price"] == "49000.10"
    assert asked.to_command()["display_qty"] == "0.005"
