"""Which failures mean that the trader takes an order for ended, or does not know it, while it is live at the venue.

An order that no strategy looks after any more can fill at any time. A case that failed before in a milder way, such as
by a wrong event, and gives up a live order now has become worse.
"""

import re

_GIVEN_UP = re.compile(
    r"stands (?:CANCELED|EXPIRED|FILLED|REJECTED|DENIED), at the venue (?:ACCEPTED|TRIGGERED|PARTIALLY_FILLED)"
    r"|invariant 8: an order is live at the venue but "
)


def gives_up_a_live_order(signature: str | None) -> bool:
    """Say whether a failure's signature tells of an order that is live at the venue and ended for the trader."""
    return signature is not None and _GIVEN_UP.search(signature) is not None
