"""The balances that the venue has told the trader of: in answers about the account, and in ACCOUNT_UPDATE."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from conformance.binance.answers import rows_of
from conformance.binance.events import AccountUpdate
from conformance.binance.fields import figure, word
from conformance.history.entries import Answer, Event, Frame, Request
from conformance.history.history import History

#: NautilusTrader keeps some currencies to six digits, of the eight that Binance tells.
_ROUNDED = Decimal("1e-6")


class BalancesTold:
    """Wallet balances by currency, each with the time at which the trader could first know it."""

    def __init__(self, history: History) -> None:
        # By currency and by how many whole roundings a balance has: what is rounded away from it lies beside it.
        self._told: dict[tuple[str, int], dict[Decimal, int]] = {}
        for ns, currency, balance in _told(history):
            self._told.setdefault((currency, int(balance / _ROUNDED)), {}).setdefault(balance, ns)

    def rests_on(self, event: Event, row: Mapping[str, str]) -> bool:
        """Whether the venue had told the trader, by the time of its event, of this balance in this currency."""
        balance = figure(row["total"])
        if balance is None:
            return False
        whole = int(balance / _ROUNDED)
        near = (self._told.get((row["currency"], each), {}) for each in (whole - 1, whole, whole + 1))
        return any(
            ns <= event.ns and abs(each - balance) < _ROUNDED for balances in near for each, ns in balances.items()
        )


def _told(history: History) -> Iterator[tuple[int, str, Decimal]]:
    """Yield when which balance was told; a row without a figure, or with a garbled one, tells of none."""
    asked = {request.id: request for request in history.of(Request) if request.by == "trader"}
    for entry in history.of(Frame, Answer):
        if isinstance(entry, Frame):
            if isinstance(entry.event, AccountUpdate):
                for each in entry.event.balances:
                    if each.wallet is not None:
                        yield entry.ns, each.asset, each.wallet
        elif entry.status == 200 and entry.to in asked:
            endpoint = asked[entry.to].endpoint
            for row in _wallets(endpoint.act if endpoint is not None else "", entry.body):
                balance = figure(row.get("walletBalance", row.get("balance")))
                if balance is not None:
                    yield entry.ns, word(row.get("asset")), balance


def _wallets(act: str, body: Any) -> Sequence[Mapping[str, Any]]:
    if act == "account" and isinstance(body, Mapping):
        return rows_of(body.get("assets") or [])
    return rows_of(body) if act == "balances" else []
