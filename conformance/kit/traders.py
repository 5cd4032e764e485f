"""The traders of a case: for those that prepare the venue first, or start one again."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from conformance.binance.account import Account
from conformance.kit.failure import CheckError
from conformance.kit.trader import Trader
from conformance.kit.waiting import comes_true
from conformance.subject.errors import CommandRefused
from conformance.subject.signals import StopSignal

if TYPE_CHECKING:
    from conformance.kit.run import CaseRun


_KEY, _SECRET = "BINANCE_API_KEY", "BINANCE_API_SECRET"


class Traders:
    """Starts the case's traders, for cases that prepare the venue first or need a second one."""

    def __init__(self, run: "CaseRun", config: Mapping[str, Any]) -> None:
        self._run = run
        self._config = config

    async def start(self, **config: Any) -> Trader:
        """Start a trader with the case's configuration and what is given beyond it."""
        return await self._run.start_trader(**{**self._config, **config})

    async def start_before(self, **config: Any) -> Trader:
        """Start a trader of the version that ran before the one under test (needs `kept_by_1x` or `kept_by_2x`).

        It is configured as `start` does; `start_again` then is the upgrade.
        """
        return await self._run.start_trader_before(**{**self._config, **config})

    async def start_with_key(self, api_key: str, secret: str, **config: Any) -> Trader:
        """Start a trader with an HMAC key of its own, which the account then has too (needs `other_keys`)."""
        key = Account(api_key, secret=secret)
        self._run.adds_key(key)
        return await self._start_with({_KEY: key.api_key, _SECRET: secret}, config)

    async def start_with_secret(self, change: Callable[[str], str], **config: Any) -> Trader:
        """Start a trader whose secret, or private key, is the account's as `change` returns it."""
        return await self._start_with({_SECRET: change(self._run.world.environment[_SECRET])}, config)

    async def _start_with(self, credentials: Mapping[str, str], config: Mapping[str, Any]) -> Trader:
        return await self._run.start_trader(credentials, **{**self._config, **config})

    async def try_to_start(self, **config: Any) -> Trader | None:
        """Start a trader as `start` does, where the version may rightly refuse to: None if it did, and said so."""
        try:
            return await self.start(**config)
        except CommandRefused:
            return None

    async def at_start(self, does: Callable[[Trader], Awaitable[None]]) -> dict[str, Any]:
        """Return the config of a trader whose strategy does in its `on_start` what `does` commands, in that order.

        Nothing has happened when the commands return: of what comes of an order its name tells (`trader.order`).
        Orders that are given no name are called `<case id>-S<start>-<n>`. Who is started again as before does it again.
        """
        return {"at_start": await self._run.kept_for_start(does)}

    @property
    def another_host(self) -> str:
        """The venue's URL under the name of another host: who comes there is in the history like all others."""
        return self._run.gateway.another_host_url

    async def start_behind_a_proxy(self, *, streams: bool = True, **config: Any) -> Trader:
        """Start a trader whose `proxy_url` is the only way to the venue: of its requests, and of its `streams`."""
        return await self.start(**{**await self._run.behind_a_proxy(streams=streams), **config})

    async def kill(self) -> None:
        """End the trader's process as a crash does: nothing is said to the venue any more, and nothing written down."""
        await self._run.kill_trader()

    async def set_out(self, **config: Any) -> Trader:
        """Have a trader start as `start` does, and return while it is on its way, for it is to be stopped then."""
        return await self.start(unawaited=True, **config)

    async def stop(self, by: StopSignal | None = None) -> None:
        """Stop the trader the native way; what the case then does, happens while no trader runs.

        It is told so by a call, or `by` a signal to its process, as service managers and terminals do: of a trader that
        was started with `own_run=True`.
        """
        await self._run.stop_trader(by)

    def tell_no_secret(self) -> None:
        """Require that no log of a trader started at a `log_level`, which has ended, tells what opens the account.

        That is the API key, its secret or private key, and a listen key, which needs no signature.
        """
        if told := self._run.told_in_logs():
            raise CheckError(
                "the trader's log",
                signature=f"the log tells {', '.join(dict.fromkeys(each.signature for each in told))}",
                required="no API key, no secret and no listen key at any level",
                seen=", ".join(f"{each.signature} (line {each.line}, {each.times} times)" for each in told),
            )

    async def start_again(self, **config: Any) -> Trader:
        """Start a trader as the last one was, but for what is given; a cache database has what that one knew."""
        return await self._run.start_trader_again(**config)

    async def have_time_to_keep(self, *words: str, within_s: float = 3.0) -> None:
        """Wait until each of the words, such as ids, is in the cache database, or `within_s` has passed.

        Nothing fails here: what was not kept in all that time shows in what the next session knows.
        """
        await self._run.cache.has(words, within_s=within_s)

    async def have_kept_all(self) -> None:
        """Wait until nothing more is written to the cache database; return at once where there is none."""
        await self._run.cache.comes_to_rest()

    async def have_published(self, *words: str, within_s: float = 5.0) -> None:
        """Wait until each of the words, such as ids, is in a message on the trader's message bus in the Redis."""
        if lacking := await self._run.cache.lacks_published(words, within_s=within_s):
            raise CheckError(
                "messages that the trader has published",
                signature=f"{len(words) - len(lacking)} of {len(words)} words published",
                required=f"{', '.join(words)} within {within_s:g} s",
                seen=f"all but {', '.join(lacking)}",
            )

    async def are_read_as(self, encoding: Literal["json", "msgpack"], word: str) -> None:
        """Require that each message on the bus with this word in it is an object in this encoding."""
        about = [each for each in await self._run.cache.messages() if word.encode() in each]
        unread = [each for each in about if not isinstance(_decoded(encoding, each), dict)]
        if unread or not about:
            raise CheckError(
                f"messages about {word}",
                signature=f"messages that are not {encoding}" if about else "no messages",
                required=f"objects in {encoding}",
                seen=repr(unread[0][:60]) if unread else "none",
            )

    async def have_indexed(self, **wanted: Collection[str]) -> None:
        """Wait until each of these sets in the cache database (`positions_open=[…]`) has exactly these members."""
        found: dict[str, set[bytes]] = {}

        async def are_as_wanted() -> bool:
            kept = await self._run.cache.indexes()
            found.update({name: kept.get(name, set()) for name in wanted})
            return all(found[name] == {each.encode() for each in ids} for name, ids in wanted.items())

        if not await comes_true(self._run.history, are_as_wanted, within_s=3.0):
            wrong = [name for name, ids in wanted.items() if found[name] != {each.encode() for each in ids}]
            raise CheckError(
                "ids that the trader keeps by state",
                required="; ".join(f"{name}: {', '.join(sorted(wanted[name])) or 'none'}" for name in wrong),
                seen="; ".join(f"{name}: {_shortened(found[name])}" for name in wrong),
                signature=f"other members than ids of that state in {', '.join(wrong)}",
            )

    async def streams(self) -> list[str]:
        """Return the names of the streams in the Redis on which the trader has published."""
        return await self._run.cache.streams()

    async def restart(self, **config: Any) -> Trader:
        """Stop the trader and start it again, as it was; on a cache database it finds there what it knew."""
        await self.stop()
        return await self.start_again(**config)


def _shortened(members: Collection[bytes]) -> str:
    return ", ".join(sorted(each[:60].decode(errors="replace") for each in members)) or "none"


def _decoded(encoding: Literal["json", "msgpack"], message: bytes) -> Any:
    try:
        return msgspec.json.decode(message) if encoding == "json" else msgspec.msgpack.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
