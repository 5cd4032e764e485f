"""An execution algorithm of a user's own, in either generation: one slice goes ahead, the rest of the order after it.

An order for it says in its `exec_algorithm_params`, all of them words, what the slice is: its `quantity`, its `price`
and, unless GTC, its `time_in_force`; `post_only` is "yes" or left out, `emulation_trigger` the price that the slice is
to wait for. What the trader's books then leave of the order is sent once the slice has ended.
"""

from typing import Any

from .installed import Price, Quantity, TimeInForce, TriggerType

NAME = "SLICES"
_ENDS = ("OrderDenied", "OrderRejected", "OrderCanceled", "OrderExpired", "OrderFilled")


class Slicing:
    """What the algorithm does; whoever is an `ExecAlgorithm` of NautilusTrader's as well brings the methods for it."""

    cache: Any
    log: Any
    spawn_limit: Any
    submit_order: Any

    def __init__(self, config: Any) -> None:
        super().__init__(config)  # type: ignore[call-arg]
        self._sent: set[Any] = set()

    def on_order(self, order: Any) -> None:
        """Send a slice of it ahead."""
        asked = order.exec_algorithm_params
        held = (
            {"emulation_trigger": getattr(TriggerType, asked["emulation_trigger"])}
            if "emulation_trigger" in asked
            else {}
        )
        ahead = self.spawn_limit(
            order,
            Quantity.from_str(asked["quantity"]),
            Price.from_str(asked["price"]),
            time_in_force=getattr(TimeInForce, asked.get("time_in_force", "GTC")),
            post_only=asked.get("post_only") == "yes",
            **held,
        )
        try:
            self.submit_order(ahead)
        except Exception as error:
            # Only a slice that is to be held is refused so, which the user's own code has to live with.
            if not held:
                raise
            self.log.warning(f"a slice was refused: {error}")

    def on_order_event(self, event: Any) -> None:
        """Send what is left of the order, once its slice has ended and if there is an order any more.

        It goes by the trader's books alone, which a session may have from the one before.
        """
        ahead = self.cache.order(event.client_order_id) if type(event).__name__ in _ENDS else None
        of = None if ahead is None else ahead.exec_spawn_id
        if of is None or of == event.client_order_id or not self._has_ended(event.client_order_id):
            return
        rest = self.cache.order(of)
        if rest is None or rest.venue_order_id is not None or self._has_ended(of) or of in self._sent:
            return
        self._sent.add(of)
        self.submit_order(rest)

    def _has_ended(self, client_order_id: Any) -> bool:
        ended: bool = self.cache.is_order_closed(client_order_id)
        return ended
