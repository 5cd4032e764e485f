"""One case on one subject in one world: the history, the gateway, the traders, and what is concluded at the end."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from conformance.binance.account import Account
from conformance.binance.usdm import EXCHANGE_INFO, TICKER_PRICE
from conformance.gateway.cassette.conversation import DriftedError
from conformance.gateway.cassette.recorder import Recorder
from conformance.gateway.cassette.replay import Replay
from conformance.gateway.forward_proxy import VENUE, ForwardProxy
from conformance.gateway.server import HOST, Gateway
from conformance.gateway.trader_side import TraderSide
from conformance.history.entries import Declared, FailedCheck, Snapshot
from conformance.history.history import History
from conformance.history.redaction import Redaction
from conformance.invariants import Violation, books, sentence_of, violations
from conformance.invariants.secrets import leaks
from conformance.kit.barrier import Barrier
from conformance.kit.case_cache import CaseCache
from conformance.kit.failure import CheckError
from conformance.kit.link import Kept
from conformance.kit.market import Market
from conformance.kit.needs import Need
from conformance.kit.selection import family_of
from conformance.kit.sessions import Sessions
from conformance.kit.trader import Trader
from conformance.kit.trader_entries import TraderEntries
from conformance.kit.venue import Venue
from conformance.kit.waiting import comes_true
from conformance.kit.wire import Wire
from conformance.revision import suite_revision
from conformance.subject import profiles
from conformance.subject.errors import SubjectError
from conformance.subject.log_watch import Told
from conformance.subject.orders import OrderRequest
from conformance.subject.profiles import Profile
from conformance.subject.signals import StopSignal
from conformance.subject.subject import Subject, TraderLink
from conformance.worlds.cache_database import CacheDatabase
from conformance.worlds.world import World

_SYMBOL = "BTCUSDT"
#: What every trader is configured as, unless its case says otherwise.
_QUIET = "quiet"


class SuiteError(RuntimeError):
    """The suite's own fault: the outcome is `broken`, and says nothing about the subject."""


class CaseRun:
    """Everything that one case holds. Opened by the plugin, concluded after the case's function, always closed."""

    def __init__(
        self,
        case_id: str,
        subject: Subject,
        world: World,
        record_to: Path | None = None,
        cache_database: CacheDatabase | None = None,
        *,
        needs: Collection[Need] | None = None,
        profile: Profile | None = None,
        side: TraderSide | None = None,
        before: Subject | None = None,
    ) -> None:
        """`needs` are those that the case declares; None without a case, where nothing is held to its declaration.

        `profile` is the configuration of its traders, a quiet one unless given; `side` what stands between them and
        the suite; `before` the version that ran before the subject, where the case is about an upgrade.
        """
        self._side = side or TraderSide()
        self._profile = profile or profiles.load(_QUIET)
        self.case_id = case_id
        self._needs = needs
        self.history = History()
        self._entries = TraderEntries(self.history, self._side)
        self.wire = Wire(self.history)
        self.world = world
        self._subject = subject
        self._before = before
        self._record_to = record_to
        self.cache = CaseCache(cache_database, alone="own_cache_database" in (needs or ()))
        self._redaction = Redaction()
        self._recorder: Recorder | None = None
        self._open = AsyncExitStack()
        self.gateway: Gateway
        self.market: Market
        self.venue: Venue
        self.trader: Trader | None = None
        self._starts = 0
        """How many traders were told what to do at their start."""

    @property
    def order_prefix(self) -> str:
        """What the client order ids of the case begin with: of a family's cell, its family, to stay short enough."""
        return family_of(self.case_id)

    async def open(self) -> None:
        """Open the world and the gateway in front of it; traders that are to remember get a place to do so."""
        await self.cache.open(self._open)
        self._open.push_async_callback(self.world.close)
        await self.world.open(self.case_id)
        if self._record_to is not None:
            self._recorder = self._new_recorder(self._record_to)
        self.gateway = Gateway(
            self.history,
            self.world.upstream,
            accounts=[self.world.account],
            recorder=self._recorder,
            replay=self.world.replay,
            side=self._side,
        )
        self._redaction = self.gateway.redaction
        self._open.push_async_callback(self.gateway.close)
        await self.gateway.start()
        self._sessions = self._new_sessions()
        self.market = await self._market_of(_SYMBOL)
        self.venue = Venue(
            self.gateway,
            self.history,
            self.world.account,
            _SYMBOL,
            approve=self._approve_of_others,
            mark=self.world.order_mark,
            act=self._acting("venue_acts"),
        )
        self._barrier = Barrier(
            self.gateway,
            self.history,
            self.world.account,
            _SYMBOL,
            can_ask=self.world.replay is None and self._recorder is None,
        )

    def _new_sessions(self) -> Sessions:
        return Sessions(
            self.case_id,
            self._subject,
            self._profile,
            self.world,
            gateway=self.gateway,
            history=self.history,
            entries=self._entries,
            symbol=_SYMBOL,
            before=self._before,
            needs=self._needs or (),
            declared=self._declared,
            kept=self.cache.config,
            until=self._open,
        )

    async def _market_of(self, symbol: str) -> Market:
        if symbol != _SYMBOL:
            self._declared("other_symbols")
        last, tick = await self._quote(symbol)
        move, act = partial(self._move, symbol), self._acting("market_moves")
        return Market(symbol, last, tick, move, act, others=self._market_of)

    async def _quote(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Return last price and tick size, asked of the venue itself, so that a cassette has them too."""
        ticker = await self.gateway.ask("GET", TICKER_PRICE.path, {"symbol": symbol})
        information = await self.gateway.ask("GET", EXCHANGE_INFO.path)
        for answer in (ticker, information):
            if answer.status != 200:
                raise SuiteError(f"the {self.world.name} world does not tell its market: {answer.status} {answer.body}")
        found = next(row for row in information.body["symbols"] if row["symbol"] == symbol)
        tick = next(row["tickSize"] for row in found["filters"] if row["filterType"] == "PRICE_FILTER")
        return Decimal(ticker.body["price"]), Decimal(tick)

    def _approve(self, request: OrderRequest) -> None:
        if request.symbol != _SYMBOL:
            self._declared("other_symbols")
        self.world.approve(request, self.market.last)

    def _approve_of_others(self, request: OrderRequest) -> None:
        self._declared("orders_of_others")
        self._approve(request)

    def _new_recorder(self, folder: Path) -> Recorder:
        return Recorder(
            folder / f"{self.case_id}.yaml",
            case=self.case_id,
            world=self.world.origin,
            subject=self._subject.installation.version,
            suite=suite_revision(),
            origin=suite_revision() if self.world.origin == "simulator" else "",
            symbols=frozenset({_SYMBOL}),
        )

    async def start_trader(self, credentials: Mapping[str, str] | None = None, **config: Any) -> Trader:
        """Start a trader against the gateway and return it once it is connected and reconciled.

        `credentials` are variables of its environment that it has in the place of the world's.
        """
        return await self._began(self._sessions.begin(config, credentials=credentials))

    def adds_key(self, key: Account) -> None:
        """Give the account another API key."""
        self._declared("other_keys")
        self.world.adds_key(key)
        self.gateway.knows(key)

    async def kept_for_start(self, does: Callable[[Trader], Awaitable[None]]) -> list[dict[str, Any]]:
        """Return the commands of a case to a trader that is still to be started."""
        kept = Kept()
        self._starts += 1
        prefix = f"{self.order_prefix}-S{self._starts}"
        await does(Trader(kept, self.history, prefix, self._approve, self.world.order_mark))
        return kept.commands

    async def start_trader_before(self, **config: Any) -> Trader:
        """Start a trader of the version that ran before."""
        if self._before is None:
            self._declared("kept_by_1x")
        return await self._began(self._sessions.begin(config, before=True))

    def told_in_logs(self) -> list[Told]:
        """Return what secrets the traders' logs have told."""
        return self._sessions.told()

    async def start_trader_again(self, **config: Any) -> Trader:
        """Start a trader with the last one's config and what is given beyond it, on its cache database if any."""
        return await self._began(self._sessions.begin_again(config))

    async def _began(self, beginning: Awaitable[TraderLink]) -> Trader:
        """Return the trader that begins; raises what is our own fault as such."""
        since = len(self.history)
        try:
            link = await beginning
        except SubjectError as error:
            if (trouble := await self.trouble()) is not None:
                raise trouble from error
            raise
        self.trader = Trader(
            link,
            self.history,
            self.order_prefix,
            self._approve,
            self.world.order_mark,
            since=since,
            barrier=self._barrier,
        )
        if link.config.get("external_order_claims") and not link.config.get("unawaited"):
            # What the strategy takes over: one of 2.x hears nothing of that before it runs.
            await self.trader.books()
        return self.trader

    async def behind_a_proxy(self, *, streams: bool) -> dict[str, Any]:
        """Start a proxy; return the config of a trader that can reach the venue through it alone.

        Without `streams` these are reached directly, and only requests through the proxy.
        """
        proxy = ForwardProxy(self.gateway.http_url)
        self._open.push_async_callback(proxy.close)
        await proxy.start()
        urls = {"http_url": self.gateway.http_url}
        if streams:
            urls |= {"stream_url": self.gateway.stream_url, "ws_api_url": self.gateway.ws_api_url}
        clients = {name: {"proxy_url": proxy.url} for name in ("client", "data_client")}
        return {**{name: url.replace(HOST, VENUE) for name, url in urls.items()}, **clients}

    async def stop_trader(self, by: StopSignal | None = None) -> None:
        """Stop the trader the native way; until another is started, no trader's books can be read."""
        self.trader = None
        await self._sessions.last.stop(graceful=True, by=by)

    async def kill_trader(self) -> None:
        """Kill the trader's process; until another is started, no trader's books can be read."""
        await self._sessions.last.kill()
        self.trader = None

    async def conclude(self) -> None:
        """Check what must hold at the end of every case; a recording is saved only if it does."""
        await self._settle()
        if (trouble := await self.trouble()) is not None:
            raise trouble
        self.wire.check_again()
        replay = self.world.replay
        unmade = replay.unmade if isinstance(replay, Replay) else ()
        found = violations(self.history)
        if unmade:
            # The recorded books at the end are those after requests that this trader has not made.
            found = [violation for violation in found if violation.number != books.NUMBER]
        if found:
            raise _broken(found)
        if self.gateway.faults.unused:
            raise SuiteError(f"faults that were armed never happened: {self.gateway.faults.unused}")
        if unmade:
            raise DriftedError(f"recorded, but not made in this run: {', '.join(unmade)}")
        if self._recorder is not None:
            self._recorder.save()

    async def excuse(self, error: Exception) -> None:
        """Raise, in the place of what a case raised, why the run shows nothing about the subject, if so.

        Neither a conversation that has left its cassette shows anything of the requirement, nor a broken gateway.
        """
        if (trouble := await self.trouble()) is not None:
            raise trouble from error

    async def trouble(self) -> Exception | None:
        """Return why this run shows nothing about the subject, if so: a replay drifted, or something of ours failed."""
        drifted = (trouble for trouble in self.gateway.troubles if isinstance(trouble, DriftedError))
        if (drift := next(drifted, None)) is not None:
            return drift
        if self.gateway.troubles:
            first = self.gateway.troubles[0]
            error = SuiteError(f"the gateway or its upstream failed in the middle of the case: {first!r}")
            error.__cause__ = first
            return error
        if self._entries.notes:
            return SuiteError(f"the suite's own code broke beside the trader: {self._entries.notes[0]}")
        return await self.cache.lost()

    def note_failure(self, error: BaseException, signature: str) -> None:
        """Write down in the history, here where it happened, which check failed and where the wait for it began."""
        check = error if isinstance(error, CheckError) else None
        self.history.append(
            FailedCheck(
                about=check.about if check else str(error).strip() or type(error).__name__,
                required=check.required if check else "",
                seen=check.seen if check else "",
                signature=signature,
                began=getattr(error, "since", None),
            )
        )

    async def close(self) -> None:
        """Stop what is open, in the opposite order of its opening, each even if another fails to."""
        await self._open.aclose()

    def write(self, path: Path, logs: Iterable[Path] = ()) -> None:
        """Write the history down, and see that neither it nor the traders' `logs` hold a secret (invariant 10).

        All that reaches them has been redacted, so what is found is a hole in that: it is closed in the file, and
        raised as the suite's own fault.
        """
        self.history.write(path)
        found = [violation for file in (path, *logs) for violation in self._leaks(file)]
        if found:
            raise SuiteError("; ".join(f"{violation.signature}: {violation.detail}" for violation in found))

    def _leaks(self, file: Path) -> Sequence[Violation]:
        text = file.read_text(encoding="utf-8", errors="replace")
        found = list(leaks(file.name, text, self.world.secrets, self._redaction))
        if found:
            file.write_text(self._redaction.hide(text), encoding="utf-8")
        return found

    async def _settle(self) -> None:
        """Wait until trader and venue agree, for as long as news may still be on its way; invariant 8 judges it."""
        trader = self.trader
        if trader is None:
            return

        async def agreed() -> bool:
            venue = await self.venue.books()
            mine, theirs = Snapshot.of("trader", await trader.books()), Snapshot.of("venue", venue)
            return not any(books.differences(mine, theirs, self.history.of(Declared)))

        await comes_true(self.history, agreed, within_s=2.0)

    def _declared(self, need: Need) -> None:
        """Refuse what the case does without saying so: its worlds follow from its needs."""
        if self._needs is not None and need not in self._needs:
            raise SuiteError(f'{self.case_id} does what needs {need}, but does not say so: add needs=["{need}"] to it')

    def _acting(self, need: Need) -> Callable[..., Awaitable[None]]:
        async def act(what: str, **given: Any) -> None:
            self._declared(need)
            await self.gateway.control(what, **given)
            if self.world.replay is None:
                await self.world.act(what, given)

        return act

    async def _move(self, symbol: str, path: tuple[Any, ...]) -> None:
        self._declared("market_moves")
        which = {} if symbol == _SYMBOL else {"symbol": symbol}  # As cassettes have it.
        await self.gateway.control("price moves", **which, path=[str(price) for price in path])
        if self.world.replay is None:
            await self.world.move_price(symbol, path)


def _broken(found: Sequence[Violation]) -> CheckError:
    """Return the failure of a history that breaks invariants, each in a line of its own."""
    signature = "; ".join(violation.signature for violation in found)
    return CheckError(
        signature,
        required="; ".join(sentence_of(number) for number in dict.fromkeys(each.number for each in found)),
        seen="; ".join(violation.detail or violation.what for violation in found),
        signature=signature,
        message="\n".join(f"{violation.signature}: {violation.detail}" for violation in found),
    )
