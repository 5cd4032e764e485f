"""Where the traders of one case keep what they know: a part of the run's Redis, or one that the case has alone."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import AsyncExitStack
from typing import Any

from conformance.worlds import own_redis
from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError

#: How often the database is looked at; it has no notification of what is written.
_LOOKED_FOR_S = 0.02


class CaseCache:
    """The cache database of a case, and the trader id under which all its traders keep what they know."""

    def __init__(self, database: CacheDatabase | None, *, alone: bool = False) -> None:
        """`alone` says that no other case's traders may be in it: then it is started with the case."""
        self._database = database
        self._alone = alone
        self._run_id: str | None = None
        self._trader_id = ""

    @property
    def config(self) -> Mapping[str, Any]:
        """What a trader is started with, to keep what it knows; nothing where there is no database."""
        return {} if self._run_id is None else {"cache_database": str(self._database), "trader_id": self._trader_id}

    async def open(self, until: AsyncExitStack) -> None:
        """Have the database until the stack is closed, which leaves nothing in it; without one do nothing.

        Raises `CacheDatabaseError` for one that cannot be used.
        """
        if self._alone:
            self._database = await asyncio.to_thread(until.enter_context, own_redis.started())
            if self._database is None:
                raise CacheDatabaseError("the Redis that the case is to have alone does not start")
        if self._database is None:
            return
        await asyncio.to_thread(self._database.check)
        self._run_id = await asyncio.to_thread(self._database.run_id)
        self._trader_id = self._database.new_trader_id()
        until.push_async_callback(asyncio.to_thread, self._database.forget, self._trader_id)

    async def lost(self) -> Exception | None:
        """Return what became of the database during the case, if it is not as it was."""
        if self._database is None:
            return None
        try:
            run_id = await asyncio.to_thread(self._database.run_id)
        except CacheDatabaseError as error:
            return error
        if run_id != self._run_id:
            return CacheDatabaseError(f"the cache database {self._database} was started again during the case")
        return None

    async def has(self, words: Collection[str], *, within_s: float) -> bool:
        """Wait until each of the words is in something that was kept; return whether it came to that in time."""
        return not await self._lacks(CacheDatabase.kept, words, within_s=within_s)

    async def comes_to_rest(self, *, still_s: float = 0.3, within_s: float = 3.0) -> None:
        """Wait until nothing of what is kept has changed for `still_s`, or `within_s` has passed."""
        if self._database is None:
            return
        clock = asyncio.get_running_loop().time
        deadline = clock() + within_s
        before, since = None, clock()
        while clock() < deadline and clock() - since < still_s:
            kept = sorted(await asyncio.to_thread(self._database.kept, self._trader_id))
            if kept != before:
                before, since = kept, clock()
            await asyncio.sleep(_LOOKED_FOR_S)

    async def lacks_published(self, words: Collection[str], *, within_s: float) -> list[str]:
        """Wait until each of the words is in a message that was published; return those that did not come in time."""
        return await self._lacks(CacheDatabase.published, words, within_s=within_s)

    async def messages(self) -> list[bytes]:
        """Return what was published, each message as it is to be decoded."""
        if self._database is None:
            raise CacheDatabaseError("the case has no cache database: add cache_database to its needs")
        return await asyncio.to_thread(self._database.messages, self._trader_id)

    async def indexes(self) -> dict[str, set[bytes]]:
        """Return the members of each set in which the traders keep ids, by its name."""
        if self._database is None:
            raise CacheDatabaseError("the case has no cache database: add cache_database to its needs")
        return await asyncio.to_thread(self._database.indexes, self._trader_id)

    async def streams(self) -> list[str]:
        """Return the names of the streams on which something was published."""
        if self._database is None:
            raise CacheDatabaseError("the case has no cache database: add cache_database to its needs")
        return await asyncio.to_thread(self._database.streams, self._trader_id)

    async def _lacks(
        self, read: Callable[[CacheDatabase, str], list[bytes]], words: Collection[str], *, within_s: float
    ) -> list[str]:
        if self._database is None:
            raise CacheDatabaseError("the case has no cache database: add cache_database to its needs")
        clock = asyncio.get_running_loop().time
        deadline = clock() + within_s
        while True:
            found = await asyncio.to_thread(read, self._database, self._trader_id)
            lacking = [word for word in words if not any(word.encode() in value for value in found)]
            if not lacking or clock() > deadline:
                return lacking
            await asyncio.sleep(_LOOKED_FOR_S)
