"""What a browser calls itself, in the words by which a person knows their device."""

from __future__ import annotations

import re

# The first that fits names it: later ones are claimed by the earlier ones too.
_DEVICES = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"OpenHarmony|HarmonyOS", "HarmonyOS"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Macintosh|Mac OS X", "Mac"),
    (r"CrOS", "ChromeOS"),
    (r"Linux", "Linux"),
)
_BROWSERS = (
    (r"MicroMessenger", "WeChat"),
    (r"HuaweiBrowser", "Huawei"),
    (r"MiuiBrowser", "Mi"),
    (r"(?:HeyTap|Vivo|UC|MQQ)Browser", "Browser"),
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"Firefox|FxiOS", "Firefox"),
    (r"Chrome|CriOS", "Chrome"),
    (r"Safari", "Safari"),
)
_MODEL = re.compile(r"Android [\d.]+; (?:[a-z]{2}[-_][A-Za-z]{2}; )?([A-Za-z0-9 ._-]{2,24}?)(?: Build/|[);])")
_NO_MODEL = {"K", "Mobile", "wv"}


def device_name(agent: str) -> str:
    """`iPhone · Safari`, `Android PLA-AL10 · WeChat`; empty for what says nothing we know."""
    device, browser = _first(_DEVICES, agent), _first(_BROWSERS, agent)
    model = _MODEL.search(agent)
    if device == "Android" and model and model[1] not in _NO_MODEL:
        device = f"{device} {model[1]}"
    return " · ".join(name for name in (device, browser) if name)


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, agent)), "")
