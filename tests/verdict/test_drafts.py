"""The drafts of issues for NautilusTrader belong to defects on record, and name cases that exist."""

import re

from packaging.version import Version

from conformance.kit.catalogue import contract
from conformance.locations import DEFECTS
from conformance.report.draft import TO_WRITE
from conformance.verdict.defects import Defect, load_defects

DRAFTS = DEFECTS.parents[1] / "docs" / "upstream"
TODAY = ("1.231.0", "2.0.0rc7")
"""The newest release of each generation."""
COVERS = re.compile(r"Covers\s([^.]*)\.")
CASE_ID = re.compile(r"`([A-Z]+-\d{3}[a-z0-9.-]*)`|--case (\S+)")


def test_a_draft_belongs_to_a_defect_and_is_listed() -> None:
    """Each draft is named after an entry of the defects, and the index lists exactly the drafts."""
    drafts = {path.stem for path in DRAFTS.glob("*.md")} - {"README"}

    assert drafts <= {path.stem for path in DEFECTS.glob("*.yaml")}
    assert drafts == set(re.findall(r"\]\(([a-z0-9-]+)\.md\)", (DRAFTS / "README.md").read_text()))


def test_a_draft_names_cases_that_exist() -> None:
    """Each case id that a draft names is in the contract, so that its command still runs."""
    known = contract()
    for path in DRAFTS.glob("*.md"):
        named = {one or other for one, other in CASE_ID.findall(path.read_text())}
        assert named <= set(known), f"{path.name} names unknown cases"
        assert named or path.stem == "README", f"{path.name} names no case"


def test_a_draft_has_no_place_left_to_write() -> None:
    """What `conformance defects --draft` leaves to a person has been written in every draft on record."""
    for path in DRAFTS.glob("*.md"):
        assert TO_WRITE not in path.read_text(), f"{path.name} is not written to its end"


def test_each_unreported_defect_has_a_draft_or_a_repair() -> None:
    """A defect of which no issue tells has a draft, or is in one of the same cause, or shows on no version of today."""
    drafted = {path.stem for path in DRAFTS.glob("*.md")}
    for path in DRAFTS.glob("*.md"):
        drafted |= {name for said in COVERS.findall(path.read_text()) for name in re.findall(r"`([a-z0-9-]+)`", said)}
    repaired = set(re.findall(r"^\| `([a-z0-9-]+)` \| repaired", (DRAFTS / "README.md").read_text(), re.MULTILINE))
    unreported = [defect for defect in load_defects(DEFECTS).entries if not defect.upstream]
    without = {defect.id for defect in unreported} - drafted - repaired

    assert not without, f"write a draft with `conformance defects --draft`, or list as repaired in {DRAFTS}/README.md"
    assert not {defect.id for defect in unreported if defect.id in repaired and shows_today(defect)}


def shows_today(defect: Defect) -> bool:
    """Say whether a case shows the defect on one of today's versions."""
    spans = [span for shown in defect.cases.values() for span, _ in shown]
    return any(Version(version) in span for version in TODAY for span in spans)
