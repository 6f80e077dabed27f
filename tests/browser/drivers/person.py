"""Somebody at a browser that Playwright does not drive."""

from __future__ import annotations

from typing import Any

from tests.browser.drivers.page import DrivenPage
from tests.browser.pages import Person


class DrivenPerson(Person):
    """A person with all that a person does and reads, at another kind of page.

    Attributes:
        page: Theirs.
        console_errors: Filled by the page's browser.
    """

    def __init__(self, name: str, page: DrivenPage, console_errors: list[str]) -> None:
        self.name = name
        self.page: Any = page
        self.console_errors = console_errors
