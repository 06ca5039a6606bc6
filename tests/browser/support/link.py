"""The way of a phone's requests to the server, cut and mended by a test."""

from __future__ import annotations

from playwright.sync_api import Page, Route


class Link:
    """What goes from a phone to addresses of a pattern; `is_cut`: nothing gets through. `tries` counts."""

    def __init__(self, page: Page, pattern: str = "**/uploads**") -> None:
        self.is_cut = True
        self.tries = 0
        page.context.route(pattern, self._pass)

    def _pass(self, route: Route) -> None:
        self.tries += 1
        route.abort() if self.is_cut else route.continue_()
