"""Codes that can be read out, and rates that are kept."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.signalling import TokenBucket, make_code, normalise_code
from peergym.signalling.codes import ALPHABET, CODE_LENGTH

LOOK_ALIKES = ["0OQ", "1IL", "2Z", "5S", "8B", "UV"]


def test_no_two_letters_of_a_code_look_alike_and_none_is_a_vowel():
    for group in LOOK_ALIKES:
        assert not set(group) & set(ALPHABET)
    assert not set("AEIOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_codes_use_the_whole_alphabet_evenly():
    codes = [make_code(Random(seed).randbytes) for seed in range(2000)]
    assert {len(code) for code in codes} == {CODE_LENGTH}
    counts = {letter: "".join(codes).count(letter) for letter in ALPHABET}
    expected = 2000 * CODE_LENGTH / len(ALPHABET)
    assert all(0.8 * expected < count < 1.2 * expected for count in counts.values())
    assert len(set(codes)) > 1990


@pytest.mark.parametrize("typed", ["cdf-ghj", " CDF GHJ ", "cdf_ghj", "C.D.F.G.H.J"])
def test_separators_and_case_of_a_typed_code_do_not_count(typed):
    assert normalise_code(typed) == "CDFGHJ"


def test_a_bucket_allows_a_burst_and_then_its_rate():
    bucket = TokenBucket(rate_per_s=2.0, burst=3.0, now_s=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.5), bucket.take(0.5)] == [True, False]
    assert bucket.is_full(100.0)


@given(st.lists(st.floats(0, 10), max_size=60), st.floats(0.1, 5), st.integers(1, 10))
def test_no_bucket_ever_gives_more_than_burst_and_rate_allow(gaps, rate_per_s, burst):
    now_s = 0.0
    bucket = TokenBucket(rate_per_s, burst, now_s)
    taken = 0
    for gap in gaps:
        now_s += gap
        taken += bucket.take(now_s)
    assert taken <= burst + rate_per_s * now_s + 1e-6


def test_a_clock_that_goes_back_fills_nothing():
    bucket = TokenBucket(rate_per_s=1.0, burst=1.0, now_s=100.0)
    assert bucket.take(100.0)
    assert not bucket.take(50.0)
    assert not bucket.take(50.5)
