"""Two hundred steps of captures and of everything that goes wrong on site, drawn by a seed; then it heals.

`FAULT_SEED=n` walks another way. Each step is printed, so that a failure tells how it came about.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.support.phone import close, visit
from tests.browser.support.pictures import camera_jpeg
from tests.browser.support.site import has_worker
from tests.faults.scene import CAPTURE, FORM, Scene
from tests.support.proxy import Fault, drop, half, lose_answer, portal_page, portal_redirect, refuse

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEED = int(os.environ.get("FAULT_SEED", "20261118"))
STEPS = 220
HEAL_SECONDS = 240
EVERYTHING = "POST .*/(entries|uploads)|PATCH|HEAD"
NEXT_NOTE = ".dock button[data-again]"
FAULTS: dict[str, Fault] = {
    "drop": drop,
    "half": half,
    "lose answer": lose_answer,
    "500": refuse(500),
    "502 page": refuse(502, b"<html>bad gateway</html>", "text/html"),
    "507": refuse(507),
    "413": refuse(413),
    "409": refuse(409),
    "403 page": refuse(403, b"<html>forbidden</html>", "text/html"),
    "session gone": refuse(401, b'{"error":"session","message":""}'),
    "portal page": portal_page,
    "portal redirect": portal_redirect,
}


class Walk:
    """Somebody with a phone, on a bad day. `kept` is what the phone said it had saved."""

    def __init__(self, scene: Scene, chance: random.Random, photo: Path) -> None:
        self.scene = scene
        self.chance = chance
        self.photo = photo
        self.who = "auditor"
        self.kept: list[str] = []
        self.photos = 0
        self.done: list[str] = []
        self.steps: dict[Callable[[], str], int] = {
            self.write_a_note: 30,
            self.take_a_photo: 14,
            self.meet_faults: 20,
            self.lose_the_network: 5,
            self.get_the_network_back: 9,
            self.kill_the_server: 3,
            self.start_the_server: 6,
            self.reload: 4,
            self.kill_the_page: 4,
            self.open_another_tab: 3,
            self.lose_the_session: 2,
            self.sign_in_again: 9,
            self.hand_the_phone_over: 3,
            self.set_the_clock: 2,
        }

    @property
    def page(self) -> Page:
        """The page that is used now."""
        return self.scene.page

    def go(self, steps: int) -> None:
        """Take so many steps."""
        for number in range(steps):
            [step] = self.chance.choices(list(self.steps), list(self.steps.values()))
            line = f"{number:3} {step.__name__.replace('_', ' ')}: {step()}"
            self.done.append(line)
            print(line, flush=True)

    def prepare(self) -> None:
        """Both who use the phone have seen the form once, so it is there without a network."""
        for login in ("leader", "auditor"):
            self.scene.sign_in(login)
            visit(self.page, CAPTURE)
            has_worker(self.page)
            self.page.reload()
            self.page.locator(FORM).wait_for()
        self.who = "auditor"

    def has_form(self) -> bool:
        """Whether the form of a note can be seen, now or after going to it."""
        if CAPTURE in self.page.url and self.page.locator(FORM).count():
            return True
        try:
            visit(self.page, CAPTURE)
        except Error:
            return False
        form = self.page.locator(FORM)
        elsewhere = self.page.locator(
            "[data-offline], form[action='/sign-in'], [name=password], h1:text('Wi-Fi')"
        )
        form.or_(elsewhere).first.wait_for()
        return form.count() > 0

    def write_a_note(self) -> str:
        return self._note(0)

    def take_a_photo(self) -> str:
        return self._note(1)

    def _note(self, photos: int) -> str:
        if not self.has_form():
            return "no form to be had"
        text = f"第 {len(self.kept)} 条，{self.who} 记"
        self.page.fill("textarea[name=text]", text)
        if photos:
            self.page.set_input_files("[data-gallery]", self.photo)
            expect(self.page.locator("[data-shots] figure")).to_have_count(1)
        self.page.locator(NEXT_NOTE).click()
        expect(self.page.locator("textarea[name=text]")).to_have_value("")
        self.kept.append(text)
        self.photos += photos
        return text

    def meet_faults(self) -> str:
        names = self.chance.choices(list(FAULTS), k=self.chance.randint(1, 4))
        self.scene.meet(EVERYTHING, *[FAULTS[name] for name in names])
        return ", ".join(names)

    def lose_the_network(self) -> str:
        self.scene.proxy.always("", drop)
        return ""

    def get_the_network_back(self) -> str:
        self.scene.proxy.heal()
        self.scene.try_again()
        return ""

    def kill_the_server(self) -> str:
        self.scene.site.kill()
        return ""

    def start_the_server(self) -> str:
        if self.scene.site.live:
            return "it runs"
        self.scene.site.start()
        return ""

    def reload(self) -> str:
        try:
            self.page.reload()
        except Error as error:
            return str(error).splitlines()[0]
        return ""

    def kill_the_page(self) -> str:
        self.scene.replace_tab()
        return ""

    def open_another_tab(self) -> str:
        if len(self.scene.context.pages) > 2:
            close(self.scene.context.pages[0])
        self.scene.page = self.scene.context.new_page()
        return f"{len(self.scene.context.pages)} tabs"

    def lose_the_session(self) -> str:
        self.scene.context.clear_cookies()
        return ""

    def sign_in_again(self) -> str:
        self.scene.sign_in(self.who)
        return self.who

    def hand_the_phone_over(self) -> str:
        self.who = "leader" if self.who == "auditor" else "auditor"
        self.scene.sign_in(self.who)
        # As after the form of sign-in: what was open is another's and gone.
        for page in self.scene.context.pages[1:]:
            close(page)
        self.scene.page = self.scene.context.pages[0]
        try:
            visit(self.page, "/")
        except Error as error:
            return f"{self.who}, {str(error).splitlines()[0]}"
        return self.who

    def set_the_clock(self) -> str:
        hours = self.chance.randint(-48, 48)
        self.scene.context.add_init_script(
            f"(() => {{ const now = Date.now; Date.now = () => now() + {hours} * 3600e3; }})();"
        )
        return f"{hours} h"

    def heal(self) -> None:
        """Everything is well again, and both who used the phone come back to it."""
        self.scene.proxy.heal()
        self.start_the_server()
        for login in ("leader", "auditor"):
            self.scene.replace_tab()
            self.scene.come_as(login)
            self.scene.delivered(HEAL_SECONDS)


def test_whatever_happens_on_the_way_everything_arrives_once(scene: Scene, tmp_path: Path) -> None:
    photo = tmp_path / "IMG_0004.jpg"
    photo.write_bytes(camera_jpeg(1600, 1200))
    print(f"FAULT_SEED={SEED}")
    walk = Walk(scene, random.Random(SEED), photo)
    walk.prepare()
    walk.go(STEPS)
    walk.heal()
    assert len(walk.kept) > STEPS / 10
    assert walk.photos > STEPS / 40
    scene.arrived(*walk.kept, photos=walk.photos)
