"""The README tells the truth that a machine can check."""

import re
from pathlib import Path

from conformance.report.sheets import group_of
from conformance.running.catalogue import collect

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
TOX = (Path(__file__).resolve().parents[2] / "tox.ini").read_text(encoding="utf-8")


def test_table_of_versions_has_every_group_once() -> None:
    """The README's table of groups × versions names each group of the contract once, and no other."""
    named = re.findall(r"^\| ([A-Z]+) \|", README, flags=re.MULTILINE)
    assert sorted(named) == sorted({group_of(case_id) for case_id in collect()})


def test_links_lead_somewhere() -> None:
    """Every relative link of the README names a file of the repository."""
    root = Path(__file__).resolve().parents[2]
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert targets, "the README links to no file at all"
    assert [target for target in targets if not (root / target).exists()] == []


def test_commands_name_environments_that_exist() -> None:
    """Every `tox run -e NAME` of the README is an environment, or a label, of tox.ini."""
    for name in re.findall(r"tox run -[em] ([a-z]+)", README):
        assert re.search(rf"\[testenv:{name}[\]-]|^\s+{name} = ", TOX, flags=re.MULTILINE), name
