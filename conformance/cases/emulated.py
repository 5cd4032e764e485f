"""What the cases about orders that the trader holds back itself have in common (NautilusTrader's emulation)."""

from collections.abc import Mapping
from typing import Any

from conformance.kit.needs import Need

NEEDS: tuple[Need, ...] = ("emulation", "market_moves", "unrecordable")
UNASKED: Mapping[str, Any] = {"inflight_check": None}
"""For `trader`: it asks nothing about an order that the stream tells of in time."""
WRITING = ("place", "modify", "cancel", "cancel all", "batch cancel")
"""For `wire.asked`: each request that changes something at the venue."""
