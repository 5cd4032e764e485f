"""A Redis of the run's own, where this machine has the program: warm restarts are judged without being asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from conformance.running.options import RunOptions
from conformance.worlds import own_redis


@contextmanager
def with_own_redis(options: RunOptions) -> Iterator[RunOptions]:
    """Yield the options with a cache database: the one that they name, or else one of the run's own.

    Without either they stay as they are, and the cases that need one say what to install. The testnet gets none unless
    it is named.
    """
    if options.cache_database or options.world == "testnet":
        yield options
        return
    with own_redis.started() as database:
        yield options if database is None else replace(options, cache_database=str(database))
