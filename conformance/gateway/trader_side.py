"""What stands between the trader and the gateway: nothing, or a faulty adapter that a proof puts there.

Whatever it does is the trader's own doing to everybody else: the gateway writes down what reaches it from there, and
what it passes on in that direction, so a history shows the requests as a trader with such an adapter would send them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.gateway.answer import Answer, Outcome


@dataclass(frozen=True, slots=True)
class Sent:
    """An HTTP request as it leaves the trader: the target raw, still percent-encoded."""

    method: str
    target: str
    body: bytes
    api_key: str | None = None

    @property
    def route(self) -> str:
        """`METHOD path`."""
        return f"{self.method} {self.target.partition('?')[0]}"


class TraderSide:
    """Passes everything on as it is."""

    def sends(self, request: Sent) -> Sequence[Sent]:
        """Return what is sent for this request: the first is the one whose answer the trader gets; none for nothing."""
        return (request,)

    def without_sending(self, request: Sent) -> Outcome:
        """Return what the trader gets for a request of which nothing was sent."""
        raise NotImplementedError(f"{request.route}: only what sends nothing has to answer in the venue's place")

    def hears(self, request: Sent, answer: Answer) -> Answer:
        """Return what the trader gets of an answer."""
        del request
        return answer

    def sends_text(self, text: str) -> Sequence[str]:
        """Return what is sent for a message of the WS API."""
        return (text,)

    def hears_text(self, text: str) -> Sequence[str]:
        """Return what the trader gets of a message on a stream."""
        return (text,)

    def tells(self, event: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return what the suite gets of an event of the trader's node, as the subject protocol has it."""
        return (event,)
