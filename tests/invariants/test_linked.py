"""Invariant 13 of linked orders (`pair`): each goes out as asked, and its quantity is the trader's to amend."""

import pytest

from tests.invariants.histories import Scripted
from tests.invariants.test_sent import AMEND, LIMIT, PLACE, amended, differences, params_of


@pytest.mark.parametrize(
    ("first", "second", "changed", "wrong"),
    [
        ({}, {}, {}, []),
        ({"price": "48000"}, {}, {}, ["price of a LIMIT was not sent"]),
        ({}, {"side": "SELL"}, {}, ["side of a LIMIT was not sent"]),
        ({}, {"quantity": "0.02"}, {}, ["quantity of a LIMIT was not sent"]),
        ({}, {}, {"quantity": "0.004"}, []),
        ({}, {}, {"quantity": "4E-3"}, ["quantity of a LIMIT was not amended"]),
        ({}, {}, {"quantity": "0.02"}, ["quantity of a LIMIT was not amended"]),
        ({}, {}, {"quantity": "0"}, ["quantity of a LIMIT was not amended"]),
        ({}, {}, {"quantity": None}, ["quantity of a LIMIT was not amended"]),
        ({}, {}, {"price": "49001"}, ["price of a LIMIT was not amended"]),
        ({}, {}, {"side": "SELL"}, ["side of a LIMIT was not amended"]),
    ],
)
def test_linked_orders_are_sent_as_asked(
    first: dict[str, str], second: dict[str, str], changed: dict[str, str | None], wrong: list[str]
) -> None:
    """Each of a pair is sent as asked; amended is its quantity alone, which the trader reduces as the others fill."""
    pair = ({**LIMIT, "client_order_id": name} for name in ("T-1", "T-2"))
    script = Scripted().command("pair", **dict(zip(("order", "other"), pair, strict=True)), contingency="OUO")
    script.request(PLACE, **params_of(LIMIT, "T-1", **first)[1]).request(PLACE, **params_of(LIMIT, "T-2", **second)[1])
    script.answer(200, {"orderId": 7, "clientOrderId": "T-2", "status": "NEW"})
    terms = {"orderId": "7", "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01", "price": "49000", **changed}
    assert differences(script.request(AMEND, **{name: term for name, term in terms.items() if term})) == wrong


def test_linked_order_is_amended_to_the_price_wished_for() -> None:
    """An amendment of a linked order that is asked for goes out with its price; its quantity is the trader's."""
    script = Scripted().command(
        "pair", order={**LIMIT, "client_order_id": "T-1"}, other={**LIMIT, "client_order_id": "T-2"}, contingency="OUO"
    )
    script.request(PLACE, **params_of(LIMIT)[1]).answer(200, {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"})
    script.command("modify", client_order_id="T-1", price="49100", quantity="0.020")
    assert differences(amended(script, quantity="0.004", price="49100")) == []
    assert differences(amended(script, quantity="0.004", price="49200")) == ["price of a LIMIT was not amended"]
