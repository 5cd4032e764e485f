"""The README and the changelog tell the truth that a machine can check."""

import re
from pathlib import Path

from conformance.invariants import INVARIANTS
from conformance.report.sheets import group_of
from conformance.running.catalogue import collect

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
TOX = (ROOT / "tox.ini").read_text(encoding="utf-8")
NUMBERS = ("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")


def require(sentence: str, text: str, file: str, about: str) -> None:
    """Require a sentence in a file; where it is another one now, say which one to write in its place."""
    stale = re.search(about, text)
    assert stale, f"{file} says nowhere {sentence!r}, nor anything like it: if that is meant, change this test"
    assert stale[0] == sentence, f"{file} is out of date. Replace {stale[0]!r} by {sentence!r}"


def test_counts_of_cases_and_invariants_are_those_of_today() -> None:
    """The README and the changelog count the cases of each tier as the catalogue does, and the invariants."""
    cases = collect().values()
    core = sum(case["tier"] == "core" for case in cases)
    # Number 10, that no secret is anywhere, is checked where the secrets are known, and not among the others.
    invariants = NUMBERS[len({*INVARIANTS, 10}) - 12]
    tiers = f"{core:,} cases are in the core tier, {len(cases):,} in the full one"

    require(
        f"{tiers}, beside {invariants} invariants",
        README,
        "README.md",
        r"[\d,]+ cases are in the core tier, [\d,]+ in the full one, beside \w+ invariants",
    )
    require(f"The core tier has {core:,} cases", CHANGELOG, "CHANGELOG.md", r"The core tier has [\d,]+ cases")
    told = set(re.findall(r"(\w+)\s+invariants (?:are|that every|,)", README)) & set(NUMBERS)
    told |= set(re.findall(r"(\w+) invariants", CHANGELOG)) & set(NUMBERS)
    assert told == {invariants}, (
        f"README.md and CHANGELOG.md are to say {invariants} invariants wherever they count them"
    )


def test_drafts_for_upstream_are_counted_and_listed() -> None:
    """The changelog counts the drafts of issues in `docs/upstream`, and the list there has each of them once."""
    folder = ROOT / "docs" / "upstream"
    drafts = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    listed = re.findall(r"^\| \[[^]]+\]\(([^)]+)\)", (folder / "README.md").read_text("utf-8"), flags=re.MULTILINE)

    assert sorted(listed) == drafts, "docs/upstream/README.md has a row for each draft, and no other"
    require(
        f"`docs/upstream` has {len(drafts)} drafts", CHANGELOG, "CHANGELOG.md", r"`docs/upstream` has [\d,]+ drafts"
    )


def test_table_of_groups_says_what_each_is_about() -> None:
    """The README's table of what the groups are about names each group of the catalogue once, and no other."""
    (table,) = re.findall(r"\| group \| is about \|\n\|[-| ]+\|\n((?:\|.*\n)+)", README)
    named = [name for row in table.splitlines() for name in re.findall(r"`([A-Z]+)`", row.split("|")[1])]
    groups = {group_of(case_id) for case_id in collect()}

    assert sorted(named) == sorted(groups), (
        f"README.md, table 'group | is about': add {sorted(groups - set(named))}, remove {sorted(set(named) - groups)}"
    )


def test_table_of_versions_has_every_group_once() -> None:
    """The README's table of groups × versions names each group of the contract once, and no other."""
    named = re.findall(r"^\| ([A-Z]+) \|", README, flags=re.MULTILINE)
    assert sorted(named) == sorted({group_of(case_id) for case_id in collect()})


def test_links_lead_somewhere() -> None:
    """Every relative link of the README names a file of the repository."""
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert targets, "the README links to no file at all"
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_commands_name_environments_that_exist() -> None:
    """Every `tox run -e NAME` of the README is an environment, or a label, of tox.ini."""
    for name in re.findall(r"tox run -[em] ([a-z]+)", README):
        assert re.search(rf"\[testenv:{name}[\]-]|^\s+{name} = ", TOX, flags=re.MULTILINE), name
