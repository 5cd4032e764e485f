"""The cache database: a Redis that keeps what a trader knew, for the cases in which one is started again.

Most systems run without one, and a user's own must not be touched: one is used only where its address is given, must
hold nothing but what this suite left there, and each case keeps its keys under a trader id of its own.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from packaging.version import Version
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ConnectionError, RedisError  # noqa: A004 - Redis has its own
from redis.retry import Retry

VARIABLE = "CONFORMANCE_CACHE_DATABASE"
"""The environment variable that gives the address where `--cache-database` does not."""
OLDEST = Version("6.2.0")
"""NautilusTrader refuses an older one (`REDIS_MIN_VERSION` in its `infrastructure` crate)."""
_OURS = "CONFORMANCE"
_PREFIX = f"trader-{_OURS}-"
_TIMEOUT_S = 5.0
_ADDRESS = re.compile(r"(?:redis://)?(?P<host>[^\s:/@?#\[\]]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})/?")
_REMEDY = "for example one of its own: docker run --rm -p 6379:6379 redis:7"


class CacheDatabaseError(RuntimeError):
    """A cache database that cannot be used: what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class CacheDatabase:
    """The address of a Redis without a password."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the database at `HOST:PORT` or `redis://HOST:PORT`; raises `CacheDatabaseError` for anything else."""
        found = _ADDRESS.fullmatch(text.strip())
        if found is None or not 1 <= int(found["port"]) <= 65535:
            # Whatever may hold a password is not shown.
            shown = "given" if any(sign in text for sign in ("@", "?", "://")) else repr(text)
            raise CacheDatabaseError(
                f"the cache database {shown} is no address of one: expected HOST:PORT, no user, password or database "
                f"number, {_REMEDY}"
            )
        return cls(found["host"].strip("[]"), int(found["port"]))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def check(self) -> str:
        """Return the version of the Redis that answers; raises `CacheDatabaseError` if it cannot be used for this."""
        with self._client() as client:
            version = str(client.info("server")["redis_version"])
            too_old = Version(version) < OLDEST
            foreign = next((key for key in client.scan_iter(count=1000) if not key.startswith(_PREFIX.encode())), None)
        if too_old:
            raise CacheDatabaseError(f"the cache database {self} is Redis {version}; NautilusTrader needs {OLDEST}")
        if foreign is not None:
            raise CacheDatabaseError(
                f"the cache database {self} holds what is not this suite's, such as the key "
                f"{foreign[:60].decode(errors='replace')!r}: give it a Redis that nothing else uses, {_REMEDY}"
            )
        return version

    def run_id(self) -> str:
        """Return what changes with every start of the Redis; raises `CacheDatabaseError` if none answers."""
        with self._client() as client:
            return str(client.info("server")["run_id"])

    def folder(self) -> str:
        """Return the folder that the Redis works in; raises `CacheDatabaseError` if none answers."""
        with self._client() as client:
            return str(client.config_get("dir")["dir"])

    @staticmethod
    def new_trader_id() -> str:
        """Return a trader id that has no data in this Redis yet."""
        return f"{_OURS}-{uuid.uuid4().hex[:12]}"

    def kept(self, trader_id: str) -> list[bytes]:
        """Return all that a trader has kept, each with its key, in the trader's own encoding."""
        with self._client() as client:
            found = []
            for key in client.scan_iter(match=f"trader-{trader_id}:*", count=1000):
                if client.type(key) == b"list":
                    found += [key + value for value in client.lrange(key, 0, -1)]
            return found

    def indexes(self, trader_id: str) -> dict[str, set[bytes]]:
        """Return the members of each set in which a trader keeps ids, by its name, such as `positions_open`."""
        beginning = f"trader-{trader_id}:index:"
        with self._client() as client:
            keys = [key for key in client.scan_iter(match=f"{beginning}*", count=1000) if client.type(key) == b"set"]
            found: dict[str, set[bytes]] = {}
            for key in keys:
                members: Any = client.smembers(key)
                found[key.decode().removeprefix(beginning)] = set(members)
            return found

    def published(self, trader_id: str) -> list[bytes]:
        """Return all that a trader has published, each message with its topic, in the trader's own encoding."""
        return [b" ".join([key, *told.values()]) for key, told in self._told(trader_id)]

    def messages(self, trader_id: str) -> list[bytes]:
        """Return all that a trader has published, each message as whoever reads the stream gets it to decode."""
        return [told[b"payload"] for _, told in self._told(trader_id) if b"payload" in told]

    def _told(self, trader_id: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        """Return all that a trader has published: of each message the stream's name and the fields."""
        with self._client() as client:
            found: list[tuple[bytes, dict[bytes, bytes]]] = []
            for key in client.scan_iter(match=f"trader-{trader_id}:*", count=1000):
                if client.type(key) == b"stream":
                    messages: Any = client.xrange(key)
                    found += [(key, told) for _, told in messages]
            return found

    def streams(self, trader_id: str) -> list[str]:
        """Return the names of the streams on which a trader has published, each from behind the trader's own."""
        beginning = f"trader-{trader_id}:"
        with self._client() as client:
            keys = [key for key in client.scan_iter(match=f"{beginning}*", count=1000) if client.type(key) == b"stream"]
            return sorted(key.decode().removeprefix(beginning) for key in keys)

    def forget(self, trader_id: str) -> None:
        """Remove all that a trader of one of our ids has kept or published."""
        assert trader_id.startswith(_OURS), trader_id
        with self._client() as client:
            kept = list(client.scan_iter(match=f"trader-{trader_id}:*", count=1000))
            if kept:
                client.delete(*kept)

    @contextmanager
    def _client(self) -> Iterator[Redis]:
        try:
            with Redis(
                self.host,
                self.port,
                socket_timeout=_TIMEOUT_S,
                socket_connect_timeout=_TIMEOUT_S,
                retry=Retry(NoBackoff(), 0),
            ) as client:
                yield client
        except AuthenticationError as error:
            raise CacheDatabaseError(
                f"the cache database {self} asks for a password: give one without, {_REMEDY}"
            ) from error
        except ConnectionError as error:
            raise CacheDatabaseError(
                f"the cache database {self} cannot be reached ({error}): start one, {_REMEDY}"
            ) from error
        except (RedisError, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            # What is no Redis may say anything at all.
            raise CacheDatabaseError(
                f"the cache database {self} does not answer as a Redis does ({type(error).__name__}: {error}): "
                f"start one, {_REMEDY}"
            ) from error
