"""The control: everything a test can do to a venue, and what the venue knows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.simulator.control.acts import ControlError
from conformance.simulator.control.faults import FaultActs
from conformance.simulator.control.market import MarketActs
from conformance.simulator.control.other_client import OtherClientActs
from conformance.simulator.control.time import TimeActs
from conformance.simulator.control.venue_acts import VenueActs
from conformance.simulator.events.bus import Event
from conformance.simulator.numbers import money, trimmed
from conformance.simulator.rest import algo_shapes, order_shapes
from conformance.simulator.state import save, saved


class Control(MarketActs, OtherClientActs, VenueActs, TimeActs, FaultActs):
    """Acts on a venue in-process. A simulator alone serves them at /_control, but those with files."""

    def state(self) -> dict[str, Any]:
        """Return the account as the content of a file that `--state` starts from."""
        return saved(self._venue)

    def save(self, path: str | Path) -> None:
        """Write the account to a file that `--state` starts from."""
        try:
            save(self._venue, Path(path))
        except OSError as error:
            raise ControlError(f"{path}: cannot be written ({error.strerror}); give another path") from error

    @property
    def events(self) -> list[Event]:
        """The latest events as the venue emitted them, oldest first (`Options.events_kept` of them)."""
        return list(self._venue.bus.recent)

    def observe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event as it is emitted; returns what ends that."""
        return self._venue.bus.observe(listener)

    def books(self) -> dict[str, Any]:
        """Return the venue's truth, all numbers as strings.

        `orders` and `algo_orders` are the open ones as queries show them, `positions` those with an amount, `balances`
        by asset, `ledger` by asset the sums that make each balance.
        """
        venue = self._venue
        margins = venue.margin.assets()
        return {
            "orders": [order_shapes.queried(order) for order in venue.register.open_orders()],
            "algo_orders": [algo_shapes.queried(algo) for algo in venue.algo.open.values()],
            "positions": [
                {
                    "symbol": position.symbol,
                    "positionSide": position.side,
                    "positionAmt": trimmed(position.amount),
                    "entryPrice": trimmed(position.entry),
                    "isolatedWallet": trimmed(position.isolated_wallet),
                    "realised": trimmed(position.realised),
                }
                for position in venue.account.positions.values()
                if position.amount
            ],
            "balances": [
                {
                    "asset": wallet.asset,
                    "walletBalance": money(wallet.balance),
                    "availableBalance": money(margins[wallet.asset].available),
                }
                for wallet in venue.account.wallets.values()
            ],
            "ledger": {
                wallet.asset: {name: money(amount) for name, amount in wallet.sums.items()}
                for wallet in venue.account.wallets.values()
            },
        }
