"""Faults on requests: each applies itself to one request, before the venue has it or to the venue's answer.

They do not depend on the transport: HTTP and the WS API each send the resulting answer in their own form.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from conformance.binance.client_order_id import case_id
from conformance.binance.route import Routes
from conformance.gateway.answer import Answer, Change, Dropped, Hung, Outcome, Truncated
from conformance.gateway.faults.fault import Fault, Hold
from conformance.gateway.wire import WireRequest


@dataclass(eq=False, kw_only=True)
class RequestFault(Fault[WireRequest]):
    """A fault on the requests of one or several routes that have these `parameters`.

    It applies before the venue has the request or, `processed`, to the venue's answer.
    """

    throws_away: ClassVar[bool] = True

    routes: Routes
    processed: bool
    parameters: Mapping[str, str] = field(default_factory=dict)

    @abstractmethod
    async def apply(self, answer: Outcome | None) -> Outcome | None:
        """Return what the trader gets in place of `answer`, None for the venue's own.

        Before the venue has the request, `answer` is None, and None lets the request pass.
        """

    def matches(self, passing: WireRequest) -> bool:
        """Say whether a request is one of this fault's; client order ids match with or without the broker prefix."""
        if (passing.method, passing.path) not in self.routes:
            return False
        return all(
            name in passing.params and case_id(passing.params[name]) == case_id(value)
            for name, value in self.parameters.items()
        )

    def __str__(self) -> str:
        which = "".join(f" {name}={value}" for name, value in self.parameters.items())
        return f"{self.what} on {self.routes}{which}"


@dataclass(eq=False, kw_only=True)
class Replace(RequestFault):
    """Another answer than the venue's."""

    what: ClassVar[str] = "answer"

    answer: Answer

    async def apply(self, answer: Outcome | None) -> Outcome | None:
        """Return the answer that it was armed with."""
        del answer
        return self.answer


@dataclass(eq=False, kw_only=True)
class Garble(Replace):
    """An answer that is no JSON, as a proxy in between would give."""

    what: ClassVar[str] = "garble"


@dataclass(eq=False, kw_only=True)
class Delay(RequestFault):
    """The request, or its answer, is held."""

    what: ClassVar[str] = "delay"
    throws_away: ClassVar[bool] = False

    hold: Hold

    async def apply(self, answer: Outcome | None) -> Outcome | None:
        """Let it pass, late."""
        await self.hold.passes()
        return answer


@dataclass(eq=False, kw_only=True)
class Drop(RequestFault):
    """The trader's connection is reset."""

    what: ClassVar[str] = "drop"

    async def apply(self, answer: Outcome | None) -> Outcome | None:
        """Return a cut connection."""
        del answer
        return Dropped()


@dataclass(eq=False, kw_only=True)
class Hang(RequestFault):
    """The trader waits for an answer that never comes."""

    what: ClassVar[str] = "hang"

    async def apply(self, answer: Outcome | None) -> Outcome | None:
        """Return no answer."""
        del answer
        return Hung()


@dataclass(eq=False, kw_only=True)
class Truncate(RequestFault):
    """Half of the venue's answer arrives."""

    what: ClassVar[str] = "truncate"

    async def apply(self, answer: Outcome | None) -> Outcome | None:
        """Return half of the answer."""
        return Truncated(answer) if isinstance(answer, Answer) else answer


@dataclass(eq=False, kw_only=True)
class RewriteAnswer(RequestFault):
    """The venue's answer with other words in it."""

    what: ClassVar[str] = "rewrite"

    change: Change

    async def apply(self, answer: Outcome | None) -> Outcome | None:
        """Return the answer, changed."""
        return answer.changed(self.change) if isinstance(answer, Answer) else answer
