"""Invariant 7: flags of orders, in the combinations that the venue allows (binance-usdm, 10.3 and 10.4)."""

from collections.abc import Iterator

from conformance.binance.order_types import CLOSES_POSITION
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant


@invariant(7)
def flags_combine_as_allowed(reading: Reading) -> Iterator[Break]:
    """`reduceOnly`, `positionSide` and `closePosition` appear only in combinations that the venue allows."""
    for act in reading.acts("place", "modify"):
        params = act.params
        side = params.get("positionSide")
        if side in ("LONG", "SHORT") and "reduceOnly" in params:
            yield Break("reduceOnly with a hedge-mode positionSide", str(act))
        if params.get("closePosition", "").lower() != "true":
            continue
        for forbidden in ("quantity", "reduceOnly"):
            if forbidden in params:
                yield Break(f"{forbidden} with closePosition", str(act))
        if params.get("type") not in CLOSES_POSITION:  # binance-usdm, 10.4
            yield Break(f"{params.get('type')} with closePosition", str(act))
        if (params.get("side"), side) in (("BUY", "LONG"), ("SELL", "SHORT")):
            yield Break(f"closePosition with {params['side']} of the {side} position", str(act))
