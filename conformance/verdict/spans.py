"""Spans of versions, as defects write them: `>=1.222.0,<2`, `==1.221.0`. Pre-releases count, as PEP 440 orders them."""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

type Shown = tuple[tuple["Span", str], ...]
"""How one case shows a defect: on which versions with which signature."""

_BOUND = re.compile(r"\s*(>=|<=|<|==)\s*([^\s<>=!~*,]+)\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """The versions from `lower` to `upper`; None leaves that side open. A `closed` span includes `upper`.

    A span that ends before 2 (`<2`) ends before the pre-releases of 2 too.
    """

    lower: Version | None = None
    upper: Version | None = None
    closed: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the span of a text such as `>=1.222.0,<2`; raises ValueError for anything else, and for an empty one.

        Only `>=`, `<`, `<=` and `==` are understood: each span is then one stretch of versions.
        """
        found = [_BOUND.fullmatch(part) for part in text.split(",")]
        bounds = [(each[1], each[2]) for each in found if each]
        if len(bounds) < len(found) or len({sign[0] for sign, _ in bounds}) < len(bounds):
            raise ValueError(f'{text!r}: expected versions such as ">=1.222.0,<2", "<=1.231.0" or "==1.221.0"')
        span = cls()
        for sign, version in bounds:
            try:
                SpecifierSet(sign + version)
            except InvalidSpecifier:
                raise ValueError(f"{text!r}: {version!r} is not a version") from None
            if sign in (">=", "=="):
                span = replace(span, lower=Version(version))
            if sign != ">=":
                span = replace(span, upper=Version(version), closed=sign != "<")
        if span.is_empty:
            raise ValueError(f"no version satisfies {text!r}: turn the range round, or remove it")
        return span

    def __str__(self) -> str:
        if self.lower is not None and self.lower == self.upper:
            return f"=={self.lower}"
        lower = [f">={self.lower}"] if self.lower is not None else []
        upper = [f"<{'=' if self.closed else ''}{self.upper}"] if self.upper is not None else []
        return ",".join(lower + upper)

    @property
    def is_empty(self) -> bool:
        """Whether no version is within."""
        if self.lower is None or self.upper is None:
            return False
        # Of a span that is cut before a version, its pre-releases are not within either.
        first = self.upper if self.upper.is_prerelease else Version(f"{self.upper.base_version}.dev0")
        return self.lower > self.upper if self.closed else self.lower >= first

    @property
    def specifiers(self) -> SpecifierSet:
        """The span as PEP 440 writes it."""
        return _specifiers(str(self))

    def __contains__(self, version: Version) -> bool:
        return self.specifiers.contains(version, prereleases=True)

    def is_disjoint(self, other: "Span") -> bool:
        """Whether no version is in both."""
        return _are_disjoint(self, other)

    def before(self, version: Version) -> "Span | None":
        """Return the part before a version, or None."""
        cut = replace(self, upper=version, closed=False)
        return None if cut.is_empty else cut

    def since(self, version: Version) -> "Span | None":
        """Return the part from a version on, or None."""
        cut = replace(self, lower=version)
        return cut if version in self else None

    def joined(self, later: "Span") -> "Span":
        """Return the span from the beginning of this one to the end of a later one."""
        return replace(later, lower=self.lower)


@functools.cache
def _specifiers(text: str) -> SpecifierSet:
    return SpecifierSet(text, prereleases=True)


@functools.cache
def _are_disjoint(one: Span, other: Span) -> bool:
    # The record of defects has few spans, and compares them thousands of times in each process of a run.
    return one.specifiers.is_disjoint(other.specifiers)


def in_any(spans: Iterable[Span], version: Version) -> bool:
    """Say whether a version is in one of the spans."""
    return any(version in span for span in spans)
