"""What is known of a case without running it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Literal, Protocol

from conformance.kit.needs import Need, worlds_for
from conformance.kit.selection import family_of
from conformance.worlds.names import WorldName

Tier = Literal["core", "full"]
TIERS: tuple[Tier, ...] = ("core", "full")
"""`core` is what a gate runs by default, `full` all there is; a case of the core is in both."""

ATTRIBUTE = "__conformance_cases__"

Test = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case, as the catalogue has it. Everything but `test` and `arguments` is data."""

    id: str
    """`GROUP-NNN`; in a crossed family followed by the names of the cell's values, `.cancel.408`."""
    requirement: str
    rule: str
    """The venue's rule that the requirement rests on."""
    card: str | None
    """The upstream test card that it covers (`TC-E20`)."""
    upstream: tuple[str, ...]
    needs: tuple[Need, ...]
    tier: Tier
    profile: str | None
    """The built-in profile that its trader has in every run; None: the run's."""
    trader: Mapping[str, Any]
    """What its trader's config has beyond the run's."""
    place: str
    """`file:line` of its function."""
    test: Test = field(repr=False, compare=False)
    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What its function is called with beside fixtures."""

    @property
    def family(self) -> str:
        """`GROUP-NNN`: what the ids of a crossed family's cells begin with, and their orders' client order ids."""
        return family_of(self.id)

    @property
    def group(self) -> str:
        """The chapter of the contract that it belongs to, such as `STOP`."""
        return self.id.partition("-")[0]

    @property
    def worlds(self) -> tuple[WorldName, ...]:
        """The worlds that it can run in; they follow from what it needs."""
        return worlds_for(self.needs)

    def to_json(self) -> dict[str, Any]:
        """Return what is data of it as JSON has it."""
        told = {name: getattr(self, name) for name in ("id", "requirement", "group", "family", "card", "rule")}
        told |= {name: list(getattr(self, name)) for name in ("upstream", "needs", "worlds")}
        return told | {"tier": self.tier, "profile": self.profile, "trader": dict(self.trader), "test": self.place}


def cases_of(test: object) -> tuple[Case, ...]:
    """Return the cases that a function tests; none for anything that no `case` was put on."""
    declared: Declared | None = vars(test).get(ATTRIBUTE) if isinstance(test, FunctionType) else None
    return () if declared is None else declared.cases


class Declared(Protocol):
    """What `case` leaves on a function."""

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases that the function tests."""
