"""The wire mutants of a version: what an adapter can do wrong at each place where its histories show something."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from conformance.binance.usdm import USDM
from conformance.proof.wire.inert import Inert
from conformance.proof.wire.places import Place

Act = Literal[
    "dropped",
    "changed",
    "sent twice",
    "swallowed",
    "pretended",
    "hidden",
    "doubled",
    "altered",
    "cut before",
    "cut after",
]
"""Of a request's field: dropped, changed. Of a request: sent twice; never sent, and the trader waits (`swallowed`) or
is answered as if it had been (`pretended`). Frames and events are hidden, doubled, or altered in one field. Of several
rows of an answer the first is passed over (`cut before`) or the last (`cut after`)."""

_OF_WHOLE: dict[str, tuple[Act, ...]] = {
    "request": ("sent twice", "swallowed", "pretended"),
    "answer": (),
    "frame": ("hidden", "doubled"),
    "event": ("hidden", "doubled"),
}
_OF_FIELD: dict[str, tuple[Act, ...]] = {
    "request": ("dropped", "changed"),
    "answer": ("altered",),
    "frame": ("altered",),
    "event": ("altered",),
}
_OF_LIST: tuple[Act, ...] = ("cut before", "cut after")


@dataclass(frozen=True, slots=True, order=True)
class WireMutant:
    """One fault of an adapter, which it has always."""

    place: Place
    act: Act

    @property
    def id(self) -> str:
        """What it is called: in results, and when it is asked for."""
        return f"{self.place} {self.act}"

    def __str__(self) -> str:
        return self.id


def wire_mutants(found: Iterable[Place], inert: Inert) -> list[WireMutant]:
    """Return the mutants of the places that were found, without those that have no visible effect."""
    return sorted(mutant for place in found for mutant in _of(place) if inert.reason(mutant.place, mutant.act) is None)


def may_be_called(name: str) -> bool:
    """Say whether a mutant can have this name, without knowing the fields that the cases show."""
    way, _, rest = name.partition(" ")
    acts = (*_OF_WHOLE.get(way, ()), *_OF_FIELD.get(way, ()), *(_OF_LIST if way == "answer" else ()))
    act = next((each for each in acts if rest.endswith(f" {each}")), None)
    if act is None:
        return False
    of = rest.removesuffix(f" {act}").split(" ")
    return way in ("frame", "event") or (len(of) > 1 and USDM.of(of[0], of[1]) is not None)


def _of(place: Place) -> list[WireMutant]:
    acts = (_OF_FIELD if place.field else _OF_WHOLE)[place.way]
    if place.is_list:
        acts = _OF_LIST
    if place.way == "request" and not place.field and _is_read(place.of):
        # A read that is asked twice costs weight and changes nothing.
        acts = ("pretended",)
    return [WireMutant(place, act) for act in acts]


def _is_read(route: str) -> bool:
    method, _, path = route.partition(" ")
    endpoint = USDM.of(method, path)
    return method == "GET" or (endpoint is not None and not endpoint.writes and not endpoint.is_plumbing)
