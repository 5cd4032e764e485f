"""One case on one subject in one world: the history, the gateway, the traders, and what is concluded at the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.checks.failure import CheckError
from conformance.checks.invariants import Violation, violations
from conformance.checks.invariants.books import differences
from conformance.checks.secrets import leaks
from conformance.checks.trader import Trader, comes_true
from conformance.gateway.conversation import Conversation
from conformance.gateway.history import History
from conformance.gateway.server import Gateway
from conformance.subject.errors import SubjectDied
from conformance.subject.subject import Subject, TraderLink
from conformance.worlds.market import Market
from conformance.worlds.venue import Venue
from conformance.worlds.world import World

#: What every trader is given unless its case says otherwise: retries as a firm would set them, but quick; no polling,
#: so that whatever the trader learns, it learns from the wire that the case is about.
TRADER_DEFAULTS: Mapping[str, Any] = {
    "max_retries": 3,
    "retry_delay_initial_ms": 20,
    "retry_delay_max_ms": 200,
    "reconciliation": True,
    "inflight_check": None,
    "key_type": "hmac",
    "symbols": ["BTCUSDT"],
}


class SuiteError(RuntimeError):
    """The suite's own fault: the outcome is `broken`, and says nothing about the subject."""


class CaseRun:
    """Everything that one case holds. Opened by the plugin, concluded after the case's function, always closed."""

    def __init__(self, case_id: str, subject: Subject, world: World, recorder: Conversation | None = None) -> None:
        self.case_id = case_id
        self.history = History()
        self.world = world
        self._subject = subject
        self._recorder = recorder
        self._links: list[TraderLink] = []
        self.gateway: Gateway
        self.market: Market
        self.venue: Venue
        self.trader: Trader | None = None

    async def open(self) -> None:
        """Open the world and the gateway in front of it."""
        await self.world.open(self.case_id)
        self.gateway = Gateway(
            self.history,
            self.world.upstream,
            accounts=[self.world.account],
            recorder=self._recorder,
            replay=self.world.replay,
        )
        await self.gateway.start()
        quote = self.world.quote
        self.market = Market(quote.symbol, quote.last, quote.tick, self._move)
        self.venue = Venue(self.gateway, self.history, self.world.account, quote.symbol, approve=self.world.approve)

    async def start_trader(self, **config: Any) -> Trader:
        """Start a trader against the gateway and return it once it is connected and reconciled."""
        whole = {
            **TRADER_DEFAULTS,
            "http_url": self.gateway.http_url,
            "stream_url": self.gateway.stream_url,
            "ws_api_url": self.gateway.ws_api_url,
            "testnet": self.world.testnet,
            **config,
        }
        link = await self._subject.start_trader(
            whole,
            on_event=self._on_event,
            on_command=self._on_command,
            on_reply=self._on_reply,
            on_end=self._on_end,
            environment=self.world.environment,
            name=f"{self.case_id}-{len(self._links) + 1}",
        )
        self._links.append(link)
        self.trader = Trader(link, self.history, prefix=self.case_id, approve=self.world.approve)
        return self.trader

    async def restart_trader(self, *, keep_state: bool, **config: Any) -> Trader:
        """Stop the trader and start another; with `keep_state` it knows what the first one knew (a warm restart)."""
        await self._links[-1].stop()
        return await self.start_trader(keep_state=keep_state, **config)

    async def conclude(self) -> None:
        """Check what must hold at the end of every case; a recording is saved only if it does."""
        await self._settle()
        found = [*violations(self.history), *self._leaked()]
        if found:
            raise CheckError(
                "\n".join(f"{violation.signature}: {violation.detail}" for violation in found)
                + f"\n{self.history.timeline()}",
                signature="; ".join(violation.signature for violation in found),
            )
        if self.gateway.faults.unused:
            raise SuiteError(f"faults that were armed never happened: {self.gateway.faults.unused}")

    def explain(self, error: Exception) -> None:
        """Add to a failure what the gateway knows of it."""
        for trouble in self.gateway.troubles:
            error.add_note(f"at the gateway: {type(trouble).__name__}: {trouble}")

    async def close(self) -> None:
        """Stop the traders, the gateway and the world, each even if another fails to."""
        errors: list[Exception] = []
        for step in (*(link.stop for link in self._links), self.gateway.close, self.world.close):
            try:
                await step()
            except Exception as error:  # noqa: BLE001 - each step must run; the errors are raised together below
                errors.append(error)
        if errors:
            raise ExceptionGroup(f"closing {self.case_id}", errors)

    async def _settle(self) -> None:
        """Wait until trader and venue agree, for as long as news may still be on its way; invariant 8 judges it."""
        trader = self.trader
        if trader is None:
            return

        async def agreed() -> bool:
            venue = await self.venue.books()
            return not any(differences(await trader.books(), venue))

        await comes_true(self.history, agreed, within_s=2.0)

    def _leaked(self) -> Sequence[Violation]:
        text = "\n".join(record.to_json() for record in self.history)
        return list(leaks("the history", text, self.world.secrets))

    def _on_event(self, event: dict[str, Any]) -> None:
        self.history.append("event", at_ns=event.get("ns"), **event)

    def _on_command(self, command: dict[str, Any]) -> None:
        self.history.append("command", **command)

    def _on_reply(self, reply: dict[str, Any]) -> None:
        # What a reply adds, such as a snapshot, is written down by whoever asked for it.
        self.history.append("reply", **{key: reply[key] for key in ("n", "ok", "error", "ns_called") if key in reply})

    def _on_end(self, died: SubjectDied) -> None:
        self.history.append("note", text=str(died))
        self.history.end(died)

    async def _move(self, path: tuple[Any, ...]) -> None:
        await self.gateway.control("price moves", path=[str(price) for price in path])
        if self.world.replay is None:
            await self.world.move_price(path)
