"""What an exploration adds to a gate's reports: the findings that it believes, and those of which it is not sure."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.explore.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """What programs showed on the candidate and not on the baseline, each finding with its smallest program."""

    programs: int
    """How many were played, each on both versions."""
    sure: Sequence[Finding] = ()
    """What showed again and again on the candidate alone: each speaks against the upgrade."""
    unsure: Sequence[Finding] = ()
    """What showed too seldom to decide anything."""
    failure: str = ""
    """Why nothing can be said: most programs were broken."""
    profile: str = ""
    """The one of the gate's several profiles in which they were played."""
