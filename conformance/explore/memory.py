"""What earlier explorations found, in one of Hypothesis's example databases: later ones start with it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from hypothesis.database import (
    DirectoryBasedExampleDatabase,
    ExampleDatabase,
    GitHubArtifactDatabase,
    MultiplexedDatabase,
    ReadOnlyDatabase,
)

from conformance.explore.program import Program

_KEY = b"conformance explore: programs"
_GITHUB = "github:"


class DatabaseError(ValueError):
    """A place that no example database can be at; the message has the forms that there are."""


class Memory:
    """Programs that showed something once, of any version: what broke one is the first thing to try on another."""

    def __init__(self, database: ExampleDatabase) -> None:
        self._database = database

    @classmethod
    def at(cls, place: str) -> "Memory":
        """Return the memory in a folder, a Redis (`redis://HOST:PORT/0`), or an artifact (`github:OWNER/NAME`)."""
        if place.startswith(_GITHUB):
            owner, _, name = place.removeprefix(_GITHUB).partition("/")
            if not owner or not name:
                raise DatabaseError(f"{place!r}: expected github:OWNER/NAME, of the repository with the artifact")
            here = DirectoryBasedExampleDatabase(Path(".hypothesis/examples"))
            return cls(MultiplexedDatabase(here, ReadOnlyDatabase(GitHubArtifactDatabase(owner, name))))
        if place.startswith("redis://"):
            from hypothesis.extra.redis import RedisExampleDatabase
            from redis import Redis

            return cls(RedisExampleDatabase(Redis.from_url(place)))
        if "://" in place:
            raise DatabaseError(f"{place!r}: expected a folder, redis://HOST:PORT/0, or github:OWNER/NAME")
        return cls(DirectoryBasedExampleDatabase(Path(place)))

    def programs(self) -> Iterator[Program]:
        """Yield the programs that are remembered, the shortest first; what no version here can read is forgotten."""
        for written in sorted(self._database.fetch(_KEY), key=lambda each: (len(each), each)):
            try:
                yield Program.read(written)
            except msgspec.MsgspecError:
                self._database.delete(_KEY, written)

    def keeps(self, programs: Iterable[Program]) -> None:
        """Remember programs."""
        for program in programs:
            self._database.save(_KEY, program.written())
