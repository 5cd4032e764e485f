"""Prints the docs' screenshots anew: `tox run -e screenshots -- REGRESSION UPGRADE [RESULTS…]`.

REGRESSION and UPGRADE are folders that `conformance gate` has filled; RESULTS are the files of the versions page.
"""

import io
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from PIL import Image

from conformance.running.explaining import page_of
from conformance.verdict.results import read_results
from tests.browser.chromium import chromium

DOCS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
#: So many colours look like all of them, in less than half of the bytes.
_COLOURS = 160
#: What is folded away cannot be seen.
_UNFOLD = """each => {
    for (let one = each.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    each.scrollIntoView({block: "end"});
}"""
type Shot = tuple[str, int, int, Literal["light", "dark"], str]
#: Name → which page, how wide and high in CSS pixels, in which colours, and what stands at the lower end, if anything.
SHOTS: Mapping[str, Shot] = {
    "upgrade": ("upgrade", 1100, 700, "light", ""),
    "regression": ("regression", 1280, 1200, "light", ""),
    "regression-check": ("regression", 1280, 900, "light", ".check"),
    "regression-phone": ("regression", 400, 1200, "light", ""),
    "regression-dark": ("regression", 1280, 1200, "dark", ""),
    "versions": ("versions", 1100, 900, "light", ""),
}


def take(pages: dict[str, Path], into: Path = DOCS) -> None:
    """Take every screenshot whose page is given."""
    into.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, (of_page, width, height, scheme, end) in SHOTS.items():
            if of_page not in pages:
                continue
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(pages[of_page].absolute().as_uri())
            if end:
                page.locator(end).first.evaluate(_UNFOLD)
            taken = Image.open(io.BytesIO(page.screenshot()))
            taken.convert("RGB").quantize(_COLOURS).save(into / f"{name}.png", optimize=True)
            page.close()


def main(regression: str, upgrade: str, *results: str) -> None:
    """Take the screenshots of these gates and of these runs."""
    pages = {"regression": Path(regression) / "verdict.html", "upgrade": Path(upgrade) / "verdict.html"}
    with tempfile.TemporaryDirectory() as folder:
        if results:
            pages["versions"] = Path(folder) / "versions.html"
            pages["versions"].write_text(page_of([read_results(Path(each)) for each in results]), encoding="utf-8")
        take(pages)


def _given() -> Sequence[str]:
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    return sys.argv[1:]


if __name__ == "__main__":
    main(*_given())
