"""What a person does, counted: the keystroke-level model of Card, Moran and Newell (1980), with their usual times."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator, Page

KEY = 0.28
"""K: one key, by somebody who types forty words a minute."""
POINT, BUTTON, HOME, THINK = 1.1, 0.2, 0.4, 1.35
"""P: point with the mouse; BB: press and release; H: a hand from keys to mouse or back; M: make ready."""
KEYS_OF_A_CHARACTER = 3
"""Keys for one Chinese character by pinyin, with the choice among the words that it offers."""

PATIENCE = 150_000
"""Milliseconds; handing in and releasing play every scenario of the pack."""


class Hands:
    """One person at one page, whose acts are counted; what the server takes is measured as it comes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = self.thoughts = self.changes = self.pages = 0
        self.waited = 0.0
        page.on("framenavigated", self._arrived)

    def click(self, target: Locator) -> None:
        """Make up one's mind, point and press; a hand comes to the mouse."""
        self.thoughts += 1
        self.clicks += 1
        self.changes += 1
        began = time.monotonic()
        target.click(timeout=PATIENCE)
        self.waited += time.monotonic() - began

    def type(self, text: str) -> None:
        """Make up one's mind and type; a hand comes to the keys."""
        self.thoughts += 1
        self.changes += 1
        self.keys += sum(1 if sign.isascii() else KEYS_OF_A_CHARACTER for sign in text)
        self.page.keyboard.type(text)

    def press(self, *chords: str) -> None:
        """Press keys together, such as `Control+a`."""
        self.keys += sum(chord.count("+") + 1 for chord in chords)
        for chord in chords:
            self.page.keyboard.press(chord)

    def reads(self) -> None:
        """Look a page over before going on: one more moment of making ready."""
        self.thoughts += 1

    @property
    def seconds(self) -> float:
        """What the model says the person takes, without the waiting."""
        by_hand = self.keys * KEY + self.clicks * (POINT + BUTTON) + self.changes * HOME
        return by_hand + self.thoughts * THINK

    def _arrived(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.pages += 1
