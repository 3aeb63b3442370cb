"""Chromium for pages that are looked at. A machine without one skips these tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def opened(file: Path, width: int = 1280, height: int = 900) -> Iterator[object]:
    """A page of the file. Anything that it asks the network for, and any error, fails the test."""
    from playwright.sync_api import Error, sync_playwright

    found = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=found,
                args=["--no-sandbox"] if os.geteuid() == 0 else [],
            )
        except Error as error:
            if found is not None:
                raise
            pytest.skip(f"no Chromium: install Debian's chromium ({str(error).splitlines()[0]})")
        page = browser.new_page(viewport={"width": width, "height": height})
        trouble: list[str] = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda said: trouble.append(said.text))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith("file:") else trouble.append(asked.url),
        )
        page.goto(file.as_uri())
        yield page
        browser.close()
        assert trouble == []
