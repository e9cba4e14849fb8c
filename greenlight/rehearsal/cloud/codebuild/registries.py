"""How builds find package registries: where whoever rehearses says so for pip, npm and uv; and what jsii unpacked.

A build has a home of its own, so it would not see that configuration, nor what was downloaded already. It is named to
it, never copied. On AWS a build has the configuration that its image and its commands give it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

PREFIXES = ("PIP_", "NPM_CONFIG_", "npm_config_", "UV_")

_JSII = (".cache/aws/jsii", "Library/Caches/com.amazonaws.jsii")
_FILES = {
    "PIP_CONFIG_FILE": (".config/pip/pip.conf", ".pip/pip.conf", "Library/Application Support/pip/pip.conf"),
    "NPM_CONFIG_USERCONFIG": (".npmrc",),
    "UV_CONFIG_FILE": (".config/uv/uv.toml",),
}
_CACHES = {
    "PIP_CACHE_DIR": (".cache/pip", "Library/Caches/pip"),
    "NPM_CONFIG_CACHE": (".npm",),
    "UV_CACHE_DIR": (".cache/uv",),
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": (
        ".cache/aws/jsii/package-cache",
        "Library/Caches/com.amazonaws.jsii/package-cache",
    ),
}


def registry_settings(inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables that say where registries are, as far as whoever rehearses has any."""
    home = Path(inherited.get("HOME", "/"))
    found = dict(_existing(home, {**_FILES, **_CACHES}.items()))
    return {**found, **{name: value for name, value in inherited.items() if name.startswith(PREFIXES)}}


def _existing(home: Path, places: Iterable[tuple[str, tuple[str, ...]]]) -> Iterable[tuple[str, str]]:
    for name, candidates in places:
        for each in candidates:
            if (home / each).exists():
                yield name, str(home / each)
                break
