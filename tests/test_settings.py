"""Settings from the environment, and what is found through them."""

from pathlib import Path

import pytest

from server.settings import Settings, SettingsError, data_root, font_dirs, libraries, load_settings


def test_nothing_set_gives_the_defaults() -> None:
    assert load_settings({"PATH": "/bin"}) == Settings()


def test_each_variable_is_read() -> None:
    settings = load_settings(
        {
            "CLAUSEWALK_DATA": "~/audits",
            "CLAUSEWALK_URL": "https://audit.example.com:8443",
            "CLAUSEWALK_CDN": "off",
            "CLAUSEWALK_SESSION_HOURS": "8",
            "CLAUSEWALK_OWN_PHONE_DAYS": " 7 ",
        }
    )
    assert settings == Settings(
        data=Path.home() / "audits",
        url="https://audit.example.com:8443",
        cdn="off",
        session_hours=8,
        own_phone_days=7,
    )
    assert settings.cdn_base is None


def test_an_empty_variable_is_as_if_not_set() -> None:
    assert load_settings({"CLAUSEWALK_URL": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAUSEWALK_DTAA", "data"),
        ("CLAUSEWALK_URL", "audit.example.com"),
        ("CLAUSEWALK_URL", "https://audit.example.com/path"),
        ("CLAUSEWALK_CDN", "http://cdn.example.com"),
        ("CLAUSEWALK_CDN", "https://cdn.example.com; script-src *"),
        ("CLAUSEWALK_SESSION_HOURS", "soon"),
        ("CLAUSEWALK_OWN_PHONE_DAYS", "0"),
    ],
)
def test_a_bad_variable_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({"CLAUSEWALK_DATA": "data", name: value})


def test_a_cdn_address_is_of_package_version_and_path() -> None:
    htmx = libraries()["htmx"]
    assert htmx.cdn_url("https://cdn.example.com/npm") == (
        "https://cdn.example.com/npm/htmx.org@4.0.1/dist/htmx.min.js"
    )


def test_data_of_a_checkout_is_at_its_top() -> None:
    assert data_root("static") == Path(__file__).resolve().parent.parent / "static"


def test_documents_have_a_chinese_font() -> None:
    assert any(file.suffix == ".ttc" for folder in font_dirs() for file in folder.iterdir())
