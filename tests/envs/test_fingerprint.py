"""The fingerprint of a platform's maths."""

from __future__ import annotations

import math

import pytest

from peergym.envs.fingerprint import maths_fingerprint


def test_the_fingerprint_is_the_same_each_time() -> None:
    assert maths_fingerprint() == maths_fingerprint()
    assert len(maths_fingerprint()) == 16


def test_one_bit_of_one_function_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = maths_fingerprint()
    tanh = math.tanh
    monkeypatch.setattr(math, "tanh", lambda x: math.nextafter(tanh(x), 2.0))
    assert maths_fingerprint() != before
