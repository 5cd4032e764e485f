"""The reports of a gate as files in its results folder."""

from collections.abc import Callable, Mapping
from pathlib import Path

from conformance.report.comparison import Comparison
from conformance.report.html import verdict_html
from conformance.report.junit import comparison_junit
from conformance.report.machine import verdict_json
from conformance.report.markdown import verdict_markdown

REPORTS: Mapping[str, Callable[[Comparison], str]] = {
    "verdict.md": verdict_markdown,
    "verdict.html": verdict_html,
    "verdict.json": verdict_json,
    "verdict.junit.xml": comparison_junit,
}
"""File name → what writes it."""


def write_reports(comparison: Comparison, folder: Path) -> None:
    """Write every report of a gate into the folder."""
    for name, report in REPORTS.items():
        (folder / name).write_text(report(comparison), encoding="utf-8")
