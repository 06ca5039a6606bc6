"""A browser with WebKit's engine and its profile on the disk, for WebKitWebDriver.

WebKit's own test browser keeps nothing when it is driven: its IndexedDB lives in memory, and closing it
forgets everything. A phone's lives on the disk, so this one's does. It runs under the system's Python, which
has GTK. Its arguments are the folder of the profile, and the share of the disk that a site may fill.
"""

from __future__ import annotations

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402 (their versions have to be chosen before)

NAME = "MiniBrowser"
"""What WebKitWebDriver asks a browser to be called."""
WIDTH, HEIGHT = 390, 844


def main(profile: str, share: float) -> None:
    """Wait for the driver, and open the windows that it asks for."""
    data = WebKit2.WebsiteDataManager(
        base_data_directory=f"{profile}/data",
        base_cache_directory=f"{profile}/cache",
        origin_storage_ratio=share,
        total_storage_ratio=share,
    )
    web = WebKit2.WebContext.new_with_website_data_manager(data)
    web.set_automation_allowed(True)

    def open_window(_session: object) -> object:
        view = WebKit2.WebView(web_context=web, is_controlled_by_automation=True)
        window = Gtk.Window()
        window.set_default_size(WIDTH, HEIGHT)
        window.add(view)
        view.connect("close", lambda _view: window.destroy())
        window.show_all()
        return view

    def begin(_web: object, session: WebKit2.AutomationSession) -> None:
        browser = WebKit2.ApplicationInfo()
        browser.set_name(NAME)
        session.set_application_info(browser)
        session.connect("create-web-view", open_window)

    web.connect("automation-started", begin)
    Gtk.main()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
