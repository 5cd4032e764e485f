"""How one case shows a defect over a span of versions, corrected by what it did on the versions that were run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from packaging.version import Version

from conformance.verdict.spans import Shown, Span


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of versions on which the case shows the defect with one signature, or not at all."""

    span: Span
    signature: str | None


def repainted(versions: Iterable[Span], shown: Shown, ran: Mapping[Version, str | None]) -> Shown:
    """Return `shown` corrected by `ran`: version → signature, or None where the case does not show the defect.

    Only what contradicts a run changes. Between two versions that were run, what was on record stays up to the later
    of them; after the last, a correction holds to the end of what it corrects. What nothing is known of yet, on a
    case that is new, is taken to be as the first version that was run.
    """
    corrected: list[_Stretch] = []
    for whole in versions:
        stretches = _tiled(whole, shown)
        new = all(each.signature is None for each in stretches)
        within = sorted(version for version in ran if version in whole)
        for index, version in enumerate(within):
            until = within[index + 1] if index + 1 < len(within) else None
            since = None if new and index == 0 else version
            stretches = _painted(stretches, version, since, until, ran[version])
        corrected += stretches
    return tuple((each.span, each.signature) for each in corrected if each.signature is not None)


def overlaid(under: Shown, over: Shown) -> Shown:
    """Return how a case shows a defect by `over`, and by `under` on the versions of which that says nothing."""
    left = list(under)
    for covering, _ in over:
        left = [(part, signature) for span, signature in left for part in _without(span, covering)]
    return tuple(sorted((*left, *over), key=lambda each: each[0].lower or Version("0.dev0")))


def _without(span: Span, covering: Span) -> list[Span]:
    """Return what of a span another one does not cover."""
    if span.is_disjoint(covering):
        return [span]
    parts = [] if covering.lower is None else [span.before(covering.lower)]
    if covering.upper is not None and _ends_before(covering, span):
        # What ends before 2 ends before its pre-releases.
        first = covering.upper if covering.upper.is_prerelease else Version(f"{covering.upper.base_version}.dev0")
        parts.append(replace(span, lower=_next(covering.upper) if covering.closed else first))
    return [part for part in parts if part is not None and not part.is_empty]


def _tiled(whole: Span, shown: Shown) -> list[_Stretch]:
    """Return stretches that cover the whole span without gaps, in order."""
    stretches = [_Stretch(whole, None)]
    for span, signature in shown:
        if span.is_disjoint(whole):
            continue
        stretches = [part for each in stretches for part in _laid(each, span, signature)]
    return stretches


def _laid(stretch: _Stretch, span: Span, signature: str) -> list[_Stretch]:
    """Return the stretch with a span of one signature laid over it."""
    if span.is_disjoint(stretch.span):
        return [stretch]
    parts = []
    middle = stretch.span
    if span.lower is not None and span.lower in middle:
        if (before := middle.before(span.lower)) is not None:
            parts.append(_Stretch(before, stretch.signature))
        middle = Span(span.lower, middle.upper, middle.closed)
    after: Span | None = None
    if span.upper is not None and _ends_before(span, middle):
        after = replace(middle, lower=_next(span.upper) if span.closed else span.upper)
        after = None if after.is_empty else after
        middle = Span(middle.lower, span.upper, span.closed)
    parts.append(_Stretch(middle, signature))
    if after is not None:
        parts.append(_Stretch(after, stretch.signature))
    return parts


def _ends_before(span: Span, other: Span) -> bool:
    if span.upper is None:
        return False
    return other.upper is None or (span.upper, span.closed) < (other.upper, other.closed)


def _painted(
    stretches: list[_Stretch], version: Version, since: Version | None, until: Version | None, signature: str | None
) -> list[_Stretch]:
    """Return the stretches with the one that `version` is in repainted from `since` to `until`, or to its ends."""
    painted: list[_Stretch] = []
    for each in stretches:
        if version not in each.span or each.signature == signature:
            painted.append(each)
            continue
        if painted and _follows(painted[-1], each) and painted[-1].signature == signature:
            # Who wrote `<=` said nothing of what comes after it.
            since = None
        before = None if since is None else each.span.before(since)
        middle = each.span if since is None else Span(since, each.span.upper, each.span.closed)
        after = None
        if until is not None and until in middle:
            after = middle.since(until)
            middle = Span(middle.lower, until)
        parts = [(before, each.signature), (middle, signature), (after, each.signature)]
        painted += [_Stretch(span, what) for span, what in parts if span is not None]
    return _joined(painted)


def _next(version: Version) -> Version:
    """Return the lowest version after this one, which no release ever has."""
    return Version(f"{version}.post0.dev0")


def _follows(one: _Stretch, other: _Stretch) -> bool:
    """Whether the other begins where this one, which ends with a version, has ended."""
    return one.span.closed and one.span.upper is not None and other.span.lower == _next(one.span.upper)


def _joined(stretches: list[_Stretch]) -> list[_Stretch]:
    """Return the stretches with neighbours of one signature made one."""
    joined = stretches[:1]
    for each in stretches[1:]:
        last = joined[-1]
        meets = not last.span.closed and last.span.upper == each.span.lower
        if (meets or _follows(last, each)) and last.signature == each.signature:
            joined[-1] = _Stretch(last.span.joined(each.span), each.signature)
        else:
            joined.append(each)
    return joined
