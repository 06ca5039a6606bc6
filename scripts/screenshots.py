"""Pictures of the main pages, as they are: the demonstration on a phone and at a desk, into `docs/screens/`.

`make screenshots` runs it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.support.demo import Served, make_demo, serve  # noqa: E402
from tests.browser.support.people import Ledger, sign_in  # noqa: E402
from tests.browser.support.phone import launch  # noqa: E402

SCREENS = ROOT / "docs" / "screens"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
Theme = Literal["light", "dark"]
COLOURS = 96
FILM = (1280, 960)
"""What the browser's camera sees: one of the demonstration's photos, in this size."""
MOST_BYTES = 200_000
CAPTURED = "form[data-capture][data-ready]"
TEXT = "抽 6 台测量设备，5 台在校准有效期内；万用表 SB-217 有效期至 3 月 31 日，仍在检验台使用"


class Album:
    """Takes the pictures of a served demonstration."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        served.let_in("wen")
        served.let_in("office")
        ledger = Ledger(served.server, "wen", served.demo.sample, start=0)
        self.sample = f"/audits/{served.demo.sample}"
        self.today = f"/audits/{served.demo.today}"
        self.finding = next(
            one["id"] for one in ledger.new("found") if one["body"]["type"] == "nonconformity"
        )

    @contextmanager
    def page(self, device: dict[str, Any], login: str, theme: Theme) -> Iterator[Page]:
        """A browser of its own; `login` is signed in, "" is nobody."""
        context = self.browser.new_context(
            base_url=self.served.server.url,
            color_scheme=theme,
            reduced_motion="reduce",
            locale="zh-CN",
            **device,
        )
        if login:
            sign_in(context, self.served.server, login)
        yield context.new_page()
        context.close()

    def take(
        self,
        name: str,
        address: str,
        *,
        device: dict[str, Any] = PHONE,
        login: str = "wen",
        theme: Theme = "light",
        before: Callable[[Page], None] | None = None,
    ) -> None:
        """One picture, after `before` has brought the page where it should be."""
        with self.page(device, login, theme) as page:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            if before:
                before(page)
            save(page, name)


def save(page: Page, name: str) -> None:
    """Keep what the window shows, in few colours. Raises SystemExit for a picture that is too large."""
    file = SCREENS / f"{name}.png"
    page.screenshot(path=file)
    with Image.open(file) as shot:
        shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{file} has {file.stat().st_size} bytes, more than {MOST_BYTES}")
    print(f"{file.relative_to(ROOT)}\t{file.stat().st_size // 1000} KB")


def note(photo: Path) -> Callable[[Page], None]:
    """Fill the form of a note, a photo with it."""

    def fill(page: Page) -> None:
        page.locator(CAPTURED).wait_for()
        page.fill("textarea[name=text]", TEXT)
        page.locator(".seg label").filter(has_text="不符合").tap()
        page.set_input_files("[data-gallery]", photo)
        page.locator("[data-shots] figure img").wait_for()
        page.evaluate("scrollTo(0, 0)")

    return fill


def wait_for_a_network(page: Page) -> None:
    """Record while the server can't be reached, then look at what is only on this phone."""
    page.route("**/entries", lambda route: route.abort())
    page.locator(CAPTURED).wait_for()
    for text in ("3 号真空炉温控表有校准标识，有效期至 2027-03", "回火炉操作规程版本 C/0，现场可得"):
        page.fill("textarea[name=text]", text)
        page.tap("[data-again]")
        page.wait_for_function("() => !document.querySelector('textarea[name=text]').value")
    page.goto("/outbox")
    page.locator("[data-part=waiting] li").first.wait_for()


def in_english(page: Page) -> None:
    """Change the account's language and come back."""
    here = page.url
    page.goto("/account")
    page.locator("label").filter(has_text="English").tap()
    page.locator("main form .go").first.tap()
    page.locator("html[lang=en]").wait_for()
    page.goto(here)
    page.wait_for_load_state("networkidle")


def at_the_records(page: Page) -> None:
    """What was recorded at a stop, below its items; pictures there."""
    page.locator("#records").scroll_into_view_if_needed()
    page.locator("#records .shots").first.evaluate("(shots) => shots.closest('li').scrollIntoView()")
    page.evaluate("scrollBy(0, -120)")
    page.wait_for_function("() => document.querySelector('#records img').naturalWidth > 0")


def take_all(album: Album, photo: Path) -> None:
    """Every picture. The last phone ones are in English, because the language belongs to the account."""
    sample, today = album.sample, album.today
    capture = f"{today}/stops/S10/capture?item=Q7.1.5.2"
    album.take("sign-in", "/sign-in", login="")
    album.take("today", "/")
    album.take("walk", sample)
    album.take("stop", f"{sample}/stops/S10")
    album.take("stop-dark", f"{sample}/stops/S10", theme="dark")
    album.take("records", f"{sample}/stops/S08", before=at_the_records)
    album.take("capture", capture, before=note(photo))
    album.take("capture-dark", capture, theme="dark", before=note(photo))
    album.take("outbox", capture, before=wait_for_a_network)
    album.take("findings", f"{sample}/findings")
    album.take("finding", f"{sample}/findings/{album.finding}")
    album.take("gaps", f"{today}/gaps")
    album.take("report", f"{sample}/report?chapter=2#c")
    album.take("report-desk", f"{sample}/report?chapter=7", device=DESK)
    album.take("audits-desk", "/office/audits", device=DESK, login="office")
    album.take("walk-en", sample, before=in_english)
    album.take("report-en", f"{sample}/report?chapter=1#c")


def main() -> None:
    """Make the demonstration in a temporary folder, serve it, and take every picture."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = make_demo(Path(folder) / "data")
        photo, film = Path(folder) / "IMG_0217.jpg", Path(folder) / "camera.mjpeg"
        photo.write_bytes(max((demo.data / "blobs").rglob("*"), key=_jpeg_size).read_bytes())
        with Image.open(photo) as picture:
            ImageOps.exif_transpose(picture).resize(FILM).save(film, "JPEG")
        with sync_playwright() as playwright, serve(demo) as served:
            browser = launch(playwright, f"--use-file-for-fake-video-capture={film}")
            take_all(Album(browser, served), photo)
            browser.close()


def _jpeg_size(file: Path) -> int:
    """Bytes of a photo, 0 for anything else: the largest is one as it was taken."""
    return file.stat().st_size if file.is_file() and file.read_bytes()[:2] == b"\xff\xd8" else 0


if __name__ == "__main__":
    main()
