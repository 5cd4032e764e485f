"""Ways to the trader's process: straight, for one of its strategies, and by way of a strategy's handlers."""

from typing import Any, Protocol


class Link(Protocol):
    """The part of `conformance.subject.TraderLink` that a case uses."""

    async def command(self, op: str, *, within_s: float = ..., **arguments: Any) -> dict[str, Any]:
        """Send one command to the trader's process and return its reply."""
        ...


class OfStrategy:
    """A link whose commands are all for one of the node's strategies, unless they name another."""

    def __init__(self, link: Link, number: int) -> None:
        self._link = link
        self._number = number

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Send one command to the trader's process, for this strategy."""
        return await self._link.command(op, within_s=within_s, **{"strategy": self._number, **arguments})


class Addressed:
    """A link whose commands name the client that they are for, those that reach one."""

    _REACHING = frozenset(
        {
            *("submit", "submit_list", "modify", "cancel", "cancel_all", "cancel_batch"),
            *("close_position", "close_all_positions", "query_order", "query_account"),
        }
    )

    def __init__(self, link: Link, client_id: str) -> None:
        self._link = link
        self._client_id = client_id

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Send one command to the trader's process, for this client."""
        named = {"client_id": self._client_id} if op in self._REACHING else {}
        return await self._link.command(op, within_s=within_s, **named, **arguments)


class Kept:
    """A link to no process: its commands are kept, for a strategy that is still to be started."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []
        """Each command's `op` beside its arguments."""

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:  # noqa: ARG002
        """Keep one command; nothing is known yet of what comes of it."""
        self.commands.append({"op": op, **arguments})
        return {}


class Told:
    """A link whose commands are carried out once the strategy is told an event, within its handler of it."""

    def __init__(self, link: Link, event: str, of: str | None) -> None:
        self._link = link
        self._event = event
        self._of = {} if of is None else {"of": of}

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Send one command to the trader's process, for the handler; of the `strategy` that it is for, if of any."""
        do = {"op": op, **arguments}
        whose = {"strategy": do.pop("strategy")} if "strategy" in do else {}
        return await self._link.command("when", within_s=within_s, event=self._event, do=do, **self._of, **whose)
