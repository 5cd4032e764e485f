"""What may become of a stream's connection as it is opened, in place of a WebSocket."""

from dataclasses import dataclass
from typing import Any

from conformance.kit import AxisValue


@dataclass(frozen=True, kw_only=True)
class Upgrade(AxisValue):
    """What becomes of the connection in place of the venue's 101."""

    opening: Any
    over_within_s: float = 8.0
    """How long it takes at most until a stream is open again; who waits for a silent peer gives up after 10 s."""


REFUSED = Upgrade(name="503", words="refused with 503", opening=503)
CUT = Upgrade(name="reset", words="reset", opening="reset")
HELD = Upgrade(name="held", words="accepted and never upgraded", opening="held", over_within_s=20.0)
UPGRADES = (REFUSED, CUT, HELD)
