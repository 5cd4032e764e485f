"""The gate's report as one self-contained page: it asks nothing of any network, and is safe to open from an artifact.

Whatever a trader or a venue said is escaped, and the page forbids every script but its own by that script's digest.
"""

import base64
import hashlib
from collections import Counter
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.report.causes import causes_of, drawn_first, other_reasons, told_of
from conformance.report.comparison import Comparison, shown
from conformance.report.findings import Finding
from conformance.report.sheets import group_of
from conformance.report.wire_changes import histories_of, remarks
from conformance.verdict.changes import Change

#: More diagrams are not looked at, and a page of hundreds would be too large to open.
DRAWN = 40
#: So many causes stand above the fold of a small screen.
NAMED = 10
_BETTER = (Change.FIXED, Change.ADDED)
_FACTS = (
    *("subject", "installed", "wheel_sha256", "build", "subject_python", "python", "platform", "world", "profile"),
    *("tier", "suite_revision", "started"),
)


def verdict_html(comparison: Comparison) -> str:
    """Return the gate's report as a page."""
    rows = comparison.rows()
    verdict = comparison.verdict
    causes = causes_of(comparison)
    against = list(drawn_first(causes))
    undecided = comparison.undecided()
    rest = [row for row in rows if not row.against and row not in undecided]
    same = [row for row in rest if row.change not in _BETTER]
    return rendered(
        "verdict.html.jinja",
        comparison=comparison,
        verdict=verdict,
        causes=causes,
        told=told_of(causes),
        reasons=other_reasons(comparison),
        named=NAMED,
        drawn={each.id for each in against[:DRAWN]} | {each.id for each in undecided[: max(0, DRAWN - len(against))]},
        undecided=[Finding(comparison, row) for row in undecided],
        ids={row.id for row in rows},
        better=[row for row in rest if row.change in _BETTER],
        same=same,
        same_counts=", ".join(
            f"{count} {what}" for what, count in Counter(shown(row.candidate) for row in same).items()
        ),
        counts=list(Counter(row.change for row in rows).items()),
        groups=sorted({group_of(row.id) for row in rows}),
        wire=comparison.wire_changes,
        histories=lambda line: histories_of(line, comparison.sides),
        remarks=list(remarks(comparison.wire_changes)) if comparison.wire_changes else [],
        latency=comparison.latency,
        explorations=comparison.explorations,
        facts=_FACTS,
        when=_when(comparison),
        had_already=sum(shown(row.candidate).endswith("(known)") for row in same),
        shown=shown,
        plain=plain,
    )


def _when(comparison: Comparison) -> str:
    """Return when and how it was run, in a line; "" where nothing was."""
    if comparison.candidate is None:
        return ""
    header = comparison.candidate.header
    started = header.started.replace("T", " ")[:16]
    profiles = sorted({row.id.partition("@")[2] for row in comparison.verdict.changes} - {""})
    profile = ", ".join(profiles) or header.profile or "default"
    cases = f"{len(comparison.verdict.changes)} cases" + (f" of the tier {header.tier}" if header.tier else "")
    return f"{started} UTC · {cases} · profile {profile} · {header.world}"


def plain(text: str) -> str:
    """Return a sentence of the suite's without Markdown's marks for code."""
    return text.replace("`", "")


def rendered(template: str, **given: Any) -> str:
    """Return a page of the templates' folder, with style and script in it."""
    style, script = _source("style.css"), _source("filter.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(script),
            script_hash=f"sha256-{digest}",
            **given,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("conformance.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _source(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]
