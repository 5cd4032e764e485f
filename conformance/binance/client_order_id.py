"""Client order ids: whose order a request, an answer or an event is about, whatever a version makes of the id."""

import re
from collections.abc import Mapping

#: The venue's own rule for them: binance-usdm, 10.9.
FORM = re.compile(r"^[.A-Z:/a-z0-9_-]{1,36}$")
#: The parameters that name an order by its client order id; the first two give a new order its name.
NEW_ID_PARAMETERS = ("newClientOrderId", "clientAlgoId")
PARAMETERS = (*NEW_ID_PARAMETERS, "origClientOrderId")
#: NautilusTrader 2.x sends `x-<broker>-R<id>` for an explicit short id (nautilus-v2.md, section 3).
_BROKER_PREFIX = re.compile(r"^x-[A-Za-z0-9]+-R(?=.)")
#: Distinguishes the orders of one run from those of the next, on an account that outlives both (`worlds.testnet`).
_RUN_MARK = re.compile(r"(?<=.)\.[0-9a-z]{6}$")


def own_id(raw: str) -> str:
    """Return the trader's own id from the one on the wire: without the broker prefix of 2.x."""
    return _BROKER_PREFIX.sub("", raw, count=1)


def case_id(raw: str) -> str:
    """Return the id that a case gave its order: the trader's own, without the mark of a run.

    `x-aHRE4BCj-RSTOP-1` and `STOP-1` are the same order of the same case, and so is `STOP-1.k3f9x1`, as it is called
    on an account that had a `STOP-1` before.
    """
    return _RUN_MARK.sub("", own_id(raw))


def id_in(params: Mapping[str, str]) -> str | None:
    """Return the trader's own id of the order that a request names by its client order id, or None."""
    return next((own_id(params[name]) for name in PARAMETERS if params.get(name)), None)
