"""`report` over files that should not be shown together."""

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from conformance.cli import cli
from conformance.verdict.results import ResultsWriter
from tests.verdict.test_results import HEADER, PASS


def test_revisions_of_the_suite_are_not_mixed(tmp_path: Path) -> None:
    """The cases of two revisions need not ask the same: a table of both is refused, unless it is asked for."""
    files = [tmp_path / name for name in ("one.jsonl", "other.jsonl")]
    for path in files:
        writer = ResultsWriter(path, replace(HEADER, suite_revision=path.stem))
        writer.write(PASS)
        writer.close()
    command = ["report", *map(str, files)]

    refused = CliRunner().invoke(cli, command)
    allowed = CliRunner().invoke(cli, [*command, "--mixed"])

    assert (refused.exit_code, "2 revisions of the suite (one, other)" in refused.output) == (4, True)
    assert (allowed.exit_code, "1 case did the same" in allowed.output) == (0, True)
