"""The sessions of a case's traders, one after another: how each is configured, and that it has begun."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AsyncExitStack
from typing import Any

from conformance.gateway.server import Gateway
from conformance.history.entries import Note
from conformance.history.history import History
from conformance.invariants import configured
from conformance.kit.needs import Need, fields_of
from conformance.kit.trader_entries import TraderEntries
from conformance.kit.waiting import comes_true
from conformance.subject.errors import SubjectMisused
from conformance.subject.log_watch import LogWatch, Told
from conformance.subject.profiles import Profile
from conformance.subject.subject import Subject, TraderLink
from conformance.worlds.world import World

#: What opens the account, or its stream, to whoever reads it. The signature of a request opens nothing once that
#: request's `recvWindow` is over, and none says more than its request.
_OF_A_LOG = frozenset({"an API key", "a secret", "a listen key"})


class Sessions:
    """Starts traders against a gateway, one at a time, and ends them; all that they say is written down."""

    def __init__(
        self,
        case_id: str,
        subject: Subject,
        profile: Profile,
        world: World,
        *,
        gateway: Gateway,
        history: History,
        entries: TraderEntries,
        symbol: str,
        before: Subject | None,
        needs: Collection[Need],
        declared: Callable[[Need], None],
        kept: Mapping[str, Any],
        until: AsyncExitStack,
    ) -> None:
        """`kept` is what a trader is started with to keep what it knows; `until` is closed at the end of the case.

        `before` is the version that ran before, the subject itself where there is none.

        `declared` raises what a case is told that does without saying so what needs something.
        """
        self._case_id = case_id
        self._subject = subject
        self._before = before or subject
        self._profile = profile
        self._world = world
        self._gateway = gateway
        self._history = history
        self._entries = entries
        self._symbol = symbol
        self._needs = needs
        self._declared = declared
        self._kept = kept
        self._until = until
        self._links: list[TraderLink] = []
        self._watches: list[LogWatch] = []
        self._asked: Mapping[str, Any] = {}

    @property
    def last(self) -> TraderLink:
        """The link to the trader that was started last."""
        return self._links[-1]

    def told(self) -> list[Told]:
        """Return what secrets the logs of the case's traders have told, of those that are watched; write it down."""
        if not any(watch.lines for watch in self._watches):
            raise SubjectMisused("start", "no log of the case's traders was watched, or none of them said anything")
        found = [told for watch in self._watches for told in watch.told()]
        for told in found:
            where = f"{told.times} times at {told.level}, first in line {told.line}"
            self._history.append(Note(text=f"the trader's log tells {told.kind} {where}"))
        return found

    async def begin(
        self, config: Mapping[str, Any], *, before: bool = False, credentials: Mapping[str, str] | None = None
    ) -> TraderLink:
        """Start a trader with what is given beyond the profile; return once it is connected and has seen its prices.

        With `before` it is one of the version that ran before. `credentials` stand in the place of the world's. The log
        of a trader that is given them, or a level of its log, is watched for secrets.
        """
        subject = self._before if before else self._subject
        whole = self._whole(config, subject.generation)
        if whole.get("cache", {}).get("flush_on_start"):
            # It empties the whole Redis.
            self._declared("own_cache_database")
        for difference in configured.differences(whole):
            self._history.append(difference)
        environment = {**self._world.environment, **(credentials or {})}
        watch = self._watch(environment) if credentials or "log_level" in whole else None
        link = await subject.start_trader(
            whole,
            on_event=self._entries.on_event,
            on_command=self._entries.on_command,
            on_reply=self._entries.on_reply,
            on_end=self._entries.on_end,
            on_note=self._entries.on_note,
            environment=environment,
            watch=watch,
            name=f"{self._case_id}-{len(self._links) + 1}",
        )
        self._links.append(link)
        self._asked = config
        self._until.push_async_callback(link.stop)
        if not whole.get("unawaited"):
            await self._sees_trades(link, whole, subject.generation)
        return link

    def _watch(self, environment: Mapping[str, str]) -> LogWatch:
        redaction, given = self._gateway.redaction, tuple(environment.values())
        self._watches.append(LogWatch(lambda line: _OF_A_LOG.intersection(redaction.find(line, given))))
        return self._watches[-1]

    async def begin_again(self, config: Mapping[str, Any]) -> TraderLink:
        """Start a trader as the last one was, but for what is given, of the version under test."""
        return await self.begin({**self._asked, **config})

    def _whole(self, config: Mapping[str, Any], generation: int) -> dict[str, Any]:
        """Return all that a trader is started with: what the profile has, the case, and what is given."""
        case = {
            "http_url": self._gateway.http_url,
            "stream_url": self._gateway.stream_url,
            "ws_api_url": self._gateway.ws_api_url,
            "testnet": self._world.testnet,
            **self._kept,
            **config,
        }
        if self._world.replay is not None:
            # A cassette has no prices to wait for, and none by which the risk engine of 2.x could value an order.
            case |= {"subscribe": []} | ({"risk_engine": {"bypass": True}} if generation == 2 else {})
        return self._profile.config(generation, case, but=fields_of(self._needs))

    async def _sees_trades(self, link: TraderLink, config: Mapping[str, Any], generation: int) -> None:
        """Wait until a trader that subscribes to trades has seen one of each symbol: in a living market at once.

        The risk engine of 2.x denies a trailing stop before, and a trader of 1.x that hears of nothing else has no
        price: the quiet venue's doing. One that holds an order back by the last price is to hear of the first move.
        """
        prices = config.get("subscribe", ())
        by_quotes = generation == 1 and "quotes" in prices and "emulation" not in self._needs
        if "trades" not in prices or by_quotes:
            return

        symbols = config.get("symbols", [self._symbol])

        async def seen() -> bool:
            for symbol in symbols:
                await self._world.print_trade(symbol)
            return set(symbols) <= set((await link.command("prices"))["trades"])

        await comes_true(self._history, seen, within_s=2.0)
