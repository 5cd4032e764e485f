"""What speaks against a candidate by its cause: a defect on record, or else what several cases show alike.

One defect may break dozens of cases. Who decides on an upgrade reads causes; the cases are the evidence.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from conformance.report.comparison import Comparison
from conformance.report.findings import Finding
from conformance.verdict.defects import Defect
from conformance.verdict.outcomes import Outcome


@dataclass(frozen=True)
class Cause:
    """One thing to read: what breaks, and the cases that show it, at least one."""

    name: str
    """The defect's id, or what all of its cases show: the signature, or why the version is without them."""
    defect: Defect | None
    """What is on record; None for a cause that is new."""
    findings: Sequence[Finding]
    words_of: Sequence[str] = ()
    """Of a new one, the defects on record that fail other cases of the candidate in the very same words."""

    @property
    def anchor(self) -> str:
        """The id of its part of the page."""
        return f"cause-of-{self.first.id}"

    @property
    def first(self) -> Finding:
        """The case that is shown at length."""
        return self.findings[0]

    @property
    def counted(self) -> str:
        """How many cases show it, and which is the first: `7 cases, first FATE-020`."""
        count = len(self.findings)
        return self.first.id if count == 1 else f"{count} cases, first {self.first.id}"

    @property
    def gone(self) -> bool:
        """Whether the candidate does nothing wrong here, but lacks what the cases need: they cannot be asked of it."""
        after = self.first.change.candidate
        return self.defect is None and after is not None and after.outcome is Outcome.UNSUPPORTED

    @property
    def new(self) -> bool:
        """Whether nobody has put it on record: what has to be looked at first."""
        return self.defect is None and not self.gone

    @property
    def label(self) -> str:
        """Whether it is new, in words."""
        return "new: not on record" if self.new else "gone: cannot be asked any more" if self.gone else "known"

    @property
    def loss(self) -> str:
        """What a trader loses by it, in a sentence: the defect's, else the requirement of its first case."""
        return self.defect.summary if self.defect is not None else self.first.requirement

    @property
    def in_a_line(self) -> str:
        """The cause as one line: its name, whether it is new, its cases, and what a trader loses by it."""
        mark = "new: " if self.new else "gone: " if self.gone else ""
        known = f" (in the words of {', '.join(self.words_of)})" if self.words_of else ""
        return f"{mark}{self.name}{known}: {self.counted}{f': {self.loss}' if self.loss else ''}"


def causes_of(comparison: Comparison) -> list[Cause]:
    """Return what speaks against the candidate by cause: what is new, what is known, what it lacks; by their cases."""
    found: dict[tuple[bool, str], list[Finding]] = {}
    words: dict[str, set[str]] = {}
    for row in comparison.rows():
        finding = Finding(comparison, row)
        if finding.known is not None and row.candidate is not None and row.candidate.signature:
            words.setdefault(row.candidate.signature, set()).add(finding.known.defect.id)
        if row.against:
            found.setdefault((finding.known is not None, _name(finding)), []).append(finding)
    causes = [
        Cause(name, findings[0].known.defect, findings)
        if findings[0].known is not None
        else Cause(name, None, findings, _telling(words.get(name, ())))
        for (_, name), findings in found.items()
    ]
    return sorted(causes, key=lambda cause: (not cause.new, cause.gone, -len(cause.findings), cause.name))


def other_reasons(comparison: Comparison) -> list[str]:
    """Return the verdict's reasons that are not about one case which speaks against it: the causes stand for those."""
    told = {row.describe() for row in comparison.verdict.against}
    return [reason for reason in comparison.verdict.reasons if reason not in told]


def told_of(causes: Sequence[Cause]) -> str:
    """Return how much speaks against the candidate: `68 cases by 25 causes, 2 of them new, 1 of what it lacks`."""
    cases = sum(len(cause.findings) for cause in causes)
    new, gone = sum(cause.new for cause in causes), sum(cause.gone for cause in causes)
    which = "none of them new" if not new else "all of them new" if new == len(causes) else f"{new} of them new"
    if len(causes) == 1:
        which = "new" if new else "of what it lacks" if gone else "on record"
    elif gone:
        which = f"{which}, {gone} of what it lacks"
    return f"{_count(cases, 'case')} by {_count(len(causes), 'cause')}, {which}"


def drawn_first(causes: Iterable[Cause]) -> Iterator[Finding]:
    """Yield the cases in the order in which they are worth a diagram: the first of each cause, the second of each, …"""
    waiting = [iter(cause.findings) for cause in causes]
    while waiting:
        left = []
        for findings in waiting:
            finding = next(findings, None)
            if finding is not None:
                yield finding
                left.append(findings)
        waiting = left


#: Words that more defects than these share, such as "position wrong, required open", tell of none of them.
_TELLING = 2


def _telling(defects: Collection[str]) -> Sequence[str]:
    return sorted(defects) if len(defects) <= _TELLING else ()


def _name(finding: Finding) -> str:
    if finding.known is not None:
        return finding.known.defect.id
    after = finding.change.candidate
    if after is None:
        return finding.change.why or "no result"
    return (after.reason if after.outcome is Outcome.UNSUPPORTED else after.signature) or finding.what_happened


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
