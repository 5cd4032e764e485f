"""Hedge mode, refused.

With a long and a short leg per symbol, NautilusTrader's reconciliation can rebuild another position than the one the
venue holds (https://github.com/nautechsystems/nautilus_trader/issues/3104, open): the position is wrong after a
restart. The factory therefore builds one-way (netting) clients only.
"""

from collections.abc import Mapping
from typing import Any

REASON = (
    "hedge mode is refused: after a restart NautilusTrader can reconcile it to another position than the venue's "
    "(NautilusTrader #3104). Use one-way mode (netting), and switch the Binance account to it"
)

# No version has these fields; whoever passes one wants hedge mode and deserves its reason rather than a spelling hint.
_ASKING = frozenset(
    {"hedge", "hedge_mode", "hedging", "is_hedge_mode", "dual_side_position", "position_mode", "position_side"}
)
_ONE_WAY = frozenset({"", "0", "FALSE", "NONE", "BOTH", "NETTING", "UNSPECIFIED", "ONE_WAY", "ONEWAY", "ONE-WAY"})


def drop_one_way(native: Mapping[str, Any]) -> dict[str, Any]:
    """Return `native` without fields that only say "one-way"; raise `ValueError` for one that asks for hedge mode."""
    kept = dict(native)
    for name in (*sorted(_ASKING & kept.keys()), *({"oms_type"} & kept.keys())):
        value = kept[name]
        if asks_for_hedge_mode(value):
            raise ValueError(f"{name}={value!r}: {REASON}")
        if name in _ASKING:
            del kept[name]
    return kept


def asks_for_hedge_mode(value: object) -> bool:
    """Whether an enum member of either generation, a string or a bool says anything but "one-way"."""
    return str(getattr(value, "name", value)).rpartition(".")[2].upper() not in _ONE_WAY
