"""The table of `docs/simulator.md`: endpoint and event × implemented, checked against the SDK, exercised by ccxt.

python -m tests.clients.table            prints it
python -m tests.clients.table --write    puts it into the page
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from conformance.simulator.inventory import Entry, inventory
from tests.clients import evidence
from tests.clients.sdk_models import EVENTS, REST, WITHOUT_MODEL, WS_API

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"
SCOPE = Path(__file__).with_name("scope.yaml")
BEGIN, END = "<!-- table: python -m tests.clients.table --write -->\n", "<!-- end of table -->\n"
KINDS = {"rest": "REST", "ws_api": "WebSocket API", "events": "User stream"}
HEAD = "| {} | implemented | checked against the SDK | exercised by ccxt | open points |\n|---|---|---|---|---|\n"


def scope() -> dict[str, list[str]]:
    """Return the rows that the reference asks for, by kind."""
    found: dict[str, list[str]] = yaml.safe_load(SCOPE.read_text(encoding="utf-8"))
    return found


def _rows(names: list[str], known: dict[str, Entry], seen: set[str]) -> Iterator[str]:
    models = REST | WS_API | EVENTS
    for name in names:
        model = f"`{models[name]}`" if name in models else WITHOUT_MODEL.get(name, "no")
        entry = known.get(name)
        yield " | ".join(
            (
                f"| `{name}`",
                "yes" if entry else "no",
                model if entry else "",
                "yes" if name in seen else "",
                f"{entry.open_points if entry else ''} |",
            )
        )


def table() -> str:
    """Return the tables of REST, the WebSocket API and the user stream, as Markdown."""
    known, seen = {entry.name: entry for entry in inventory()}, evidence.read()
    kinds = {"rest": "REST", "ws_api": "WS API", "events": "event"}
    text = ""
    for kind, title in KINDS.items():
        asked = scope()[kind]
        beyond = [name for name, entry in known.items() if entry.kind == kinds[kind] and name not in asked]
        rows = list(_rows([*asked, *beyond], known, seen))
        text += f"### {title}\n\n{HEAD.format(title)}" + "\n".join(rows) + "\n\n"
    return text


def page_with(content: str, page: str) -> str:
    """Return the page with its table replaced. Raises `ValueError` where it has no place for one."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/simulator.md: expected the lines {BEGIN!r} and {END!r}")
    return f"{before}{begin}\n{content}{end}{after}"


def main() -> None:
    """Print the table, or write it into the page."""
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page_with(table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.stdout.write(table())


if __name__ == "__main__":
    main()
