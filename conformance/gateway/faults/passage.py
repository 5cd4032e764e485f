"""One request on its way through the gateway, with the faults that it meets: the same over HTTP and the WS API."""

from collections.abc import Sequence

from conformance.gateway.answer import Answer, Outcome
from conformance.gateway.faults.request_faults import RequestFault
from conformance.gateway.wire import WireRequest, WireWriter
from conformance.history.entries import FaultApplied


class Passage:
    """Applies the faults in their order and writes each down at its moment."""

    def __init__(self, wire: WireWriter, request: WireRequest, faults: Sequence[RequestFault]) -> None:
        self._wire = wire
        self.request = request
        self._before = [fault for fault in faults if not fault.processed]
        self._after = [fault for fault in faults if fault.processed]

    @property
    def waits_before(self) -> bool:
        """Whether a fault applies before the venue has the request."""
        return bool(self._before)

    @property
    def waits_after(self) -> bool:
        """Whether a fault applies to the venue's answer."""
        return bool(self._after)

    async def before(self) -> Outcome | None:
        """Apply what comes before the venue; None lets the request pass."""
        for fault in self._before:
            self._write(fault, None)
            outcome = await fault.apply(None)
            if outcome is not None:
                return outcome
        return None

    async def after(self, answer: Answer) -> Outcome:
        """Apply what comes after the venue; return what the trader gets."""
        outcome: Outcome = answer
        for fault in self._after:
            self._write(fault, answer if fault.throws_away else None)
            outcome = await fault.apply(outcome) or outcome
        return outcome

    def _write(self, fault: RequestFault, answer: Answer | None) -> None:
        venue = None if answer is None else self._wire.redaction.parse(answer.content)
        self._wire.fault(
            FaultApplied(
                what=fault.what,
                route=self.request.route,
                to=self.request.number,
                processed=fault.processed,
                venue=venue,
            )
        )
