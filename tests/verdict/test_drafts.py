"""The drafts of issues for NautilusTrader belong to defects on record, and name cases that exist."""

import re

from conformance.kit.catalogue import contract
from conformance.locations import DEFECTS
from conformance.report.draft import TO_WRITE

DRAFTS = DEFECTS.parents[1] / "docs" / "upstream"
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
