"""The report pages as a person has them before their eyes: on a desk, on a phone, in the dark, without a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import BROKEN, FIXED, GONE, LACKS, REGRESSED, REQUIREMENT

type Scheme = Literal["light", "dark"]
PAGES = ("verdict.html", "upgrade.html", "versions.html")
PHONE, DESK = 400, 1280

#: Every text that is shown, with its contrast to what lies behind it (WCAG 2.2, relative luminance).
CONTRASTS = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(each).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
  };
  for (const each of document.querySelectorAll("details")) each.open = true;
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement, text = texts.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || ["SCRIPT", "OPTION"].includes(element.tagName)) continue;
    const [one, other] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))];
    found.push([(Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), text.slice(0, 40), element.className]);
  }
  return found;
}"""


#: Every text that ends beyond the box that it is in, and what may scroll but a table: both are read by nobody.
CUT = """() => [...document.querySelectorAll("li, p, dd, summary, h1, h3, .label, .fields")]
  .filter((each) => each.checkVisibility() && !each.closest(".scroll"))
  .filter((each) => each.getBoundingClientRect().right > innerWidth || each.scrollWidth > each.clientWidth + 1)
  .filter((each) => getComputedStyle(each).display !== "inline")
  .map((each) => each.textContent.trim().slice(0, 80))"""


@contextmanager
def opened(browser: Browser, file: Path, width: int = DESK, scheme: Scheme = "light") -> Iterator[Page]:
    """Open a page; whatever it asks of any network, and whatever goes wrong in it, fails the test."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong: list[str] = []
    page.on("request", lambda request: None if request.url == file.as_uri() else wrong.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    yield page
    page.close()
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", PAGES)
def test_everything_can_be_read(browser: Browser, pages: Path, name: str, width: int, scheme: Scheme) -> None:
    """No text has less than 4.5 of contrast, and the page is never wider than the screen; only tables may scroll."""
    with opened(browser, pages / name, width, scheme) as page:
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 10
        assert [each for each in contrasts if each[0] < 4.5] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []


def test_the_verdict_and_its_reason_are_seen_first(browser: Browser, pages: Path) -> None:
    """Without scrolling: do not upgrade, when it was run, why, what was required, and what was seen."""
    with opened(browser, pages / "verdict.html") as page:
        expect(page.get_by_text("2026-11-22 08:00 UTC · 6 cases · profile default")).to_be_in_viewport()
        for text in ("do not upgrade", "STOP_MARKET ended REJECTED (-4120)", REQUIREMENT, "ACCEPTED", "not on record"):
            expect(page.get_by_text(text).first).to_be_in_viewport()


def test_what_the_candidate_lacks_is_no_new_defect(browser: Browser, pages: Path) -> None:
    """It speaks against the upgrade, after all that goes wrong, and is not called new: nothing is to be looked into."""
    with opened(browser, pages / "verdict.html") as page:
        marks = page.locator(".verdict li").all_inner_texts()
        assert [each.split()[0] for each in marks if LACKS in each or "REJECTED" in each] == ["new", "gone"]
        card = page.locator(".cause").filter(has=page.locator(f"[id='{GONE}']"))
        expect(card.get_by_role("heading")).to_contain_text("gone: cannot be asked any more")
        expect(card.get_by_text("cannot be asked of 2.0.0")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_finding_of_exploration_is_told_as_a_program(browser: Browser, pages: Path, width: int) -> None:
    """Its sign, the smallest program that shows it, how often, its timeline on request; what is unsure is folded."""
    with opened(browser, pages / "verdict.html", width) as page:
        section = page.locator("#exploration")
        expect(section.get_by_text("60 made-up programs were played on both versions")).to_be_visible()
        card = section.locator(".card")
        for text in (
            "invariant 3",
            "the next cancel request is answered 502",
            "in 5 of 5 runs of this program",
            "not on record",
        ):
            expect(card.get_by_text(text).first).to_be_visible()
        timeline = card.locator("pre")
        expect(timeline).to_be_hidden()
        card.get_by_text("What happened").click()
        expect(timeline).to_contain_text("OrderCancelRejected")
        unsure = section.get_by_text("in 1 of 5 runs of")
        expect(unsure).to_be_hidden()
        section.get_by_text("Not sure, and not decisive: 1").click()
        expect(unsure).to_be_visible()


def test_the_diagram_goes_from_lane_to_lane(browser: Browser, pages: Path) -> None:
    """On a desk both versions stand abreast: an arrow from the trader ends at the venue's lane, not beyond."""
    with opened(browser, pages / "verdict.html") as page:
        card = page.locator(f"details[id='{REGRESSED}']")
        request = card.locator(".of-candidate .request")
        arrow, side = request.locator(".arrow").bounding_box(), card.locator(".of-candidate.side").first.bounding_box()
        assert arrow is not None
        assert side is not None
        assert abs(arrow["x"] - (side["x"] + side["width"] * 3 / 8)) < 3
        assert abs(arrow["x"] + arrow["width"] - (side["x"] + side["width"] * 7 / 8)) < 3
        expect(card.locator(".of-baseline .request")).to_be_visible()
        expect(card.locator(".of-candidate .check")).to_be_visible()
        expect(card.locator(".of-candidate .fault .mark")).to_be_visible()
        left, right = (card.locator(f".of-{each} .command").bounding_box() for each in ("baseline", "candidate"))
        assert left is not None
        assert right is not None
        assert abs(left["y"] - right["y"]) < 2


def test_a_phone_shows_one_side_at_a_time(browser: Browser, pages: Path) -> None:
    """The candidate first; a touch shows the baseline in its place."""
    with opened(browser, pages / "verdict.html", PHONE) as page:
        card = page.locator(f"details[id='{REGRESSED}']")
        expect(card.locator(".of-baseline .request")).to_be_hidden()
        card.get_by_label("baseline 1.231.0").check()
        expect(card.locator(".of-baseline .request")).to_be_visible()
        expect(card.locator(".of-candidate .request")).to_be_hidden()


def test_cases_are_filtered_by_change_and_group(browser: Browser, pages: Path) -> None:
    """A touch on a count leaves those cases, another one brings all back; the group narrows further."""
    with opened(browser, pages / "verdict.html") as page:
        regressed, fixed, broken = (page.locator(f"[id='{each}']") for each in (REGRESSED, FIXED, BROKEN))
        page.get_by_role("button", name="1 fixed").click()
        expect(fixed).to_be_visible()
        expect(regressed).to_be_hidden()
        expect(page.get_by_text("Against the upgrade")).to_be_hidden()
        page.get_by_role("button", name="1 fixed").click()
        expect(regressed).to_be_visible()
        page.get_by_label("group of cases").select_option("ERR")
        expect(broken).to_be_visible()
        expect(regressed).to_be_hidden()


def test_a_link_opens_its_case(browser: Browser, pages: Path) -> None:
    """The reasons lead to the cases, and so does an address from elsewhere, folded or not."""
    with opened(browser, pages / "versions.html") as page:
        page.locator(f"td a[href='#{REGRESSED}']").first.click()
        expect(page.locator(f"details[id='{REGRESSED}'] .seen").first).to_be_in_viewport()


def test_the_page_is_whole_without_its_script(browser: Browser, pages: Path) -> None:
    """Where scripts are forbidden, as in some viewers of artifacts, all is there but the filter."""
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((pages / "verdict.html").as_uri())
    expect(page.get_by_text(REQUIREMENT).first).to_be_visible()
    expect(page.get_by_role("button", name="1 fixed")).to_be_hidden()
    page.close()
