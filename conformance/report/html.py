"""Reports as one self-contained HTML page: no script, no request to anywhere, safe to open from an artifact."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from conformance.report.comparison import SYMBOLS, Comparison, shown


def verdict_html(comparison: Comparison) -> str:
    """Return the gate's report as a page. Whatever the trader or venue said is escaped."""
    environment = Environment(
        loader=PackageLoader("conformance.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("verdict.html.jinja").render(
        comparison=comparison,
        verdict=comparison.verdict,
        rows=comparison.rows(),
        timelines=list(comparison.timelines(last=200)),
        shown=shown,
        symbols=SYMBOLS,
    )
