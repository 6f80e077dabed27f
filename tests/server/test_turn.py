"""Credentials of a TURN server that shares a secret with us."""

import os
import stat

import pytest

from peergym.errors import ConfigurationError
from peergym.server.turn import (
    TurnService,
    keep_turn_secret,
    make_password,
    read_turn_secret,
)

SECRET = "north wind and sun".replace(" ", "-")


def test_the_password_is_that_of_the_scheme():
    # Computed with: printf '1700000000:ann' | openssl dgst -sha1 -hmac north -binary | base64
    assert make_password("north", "1700000000:ann") == "jeamH6dA5l2I9g3jmieza7CzEDo="


def test_the_name_says_until_when_it_is_good_and_nothing_of_the_match():
    server = TurnService(("turn:t",), SECRET, lifetime_s=60).issue("abcdef", 3, 1000.9)
    expiry, name = server["username"].split(":")
    assert expiry == "1060"
    assert "abcdef" not in name
    assert server["credential"] == make_password(SECRET, server["username"])


def test_a_peer_that_asks_again_has_the_same_name_and_more_time():
    service = TurnService(("turn:t",), SECRET)
    first, later = (service.issue("m", 0, now_s)["username"] for now_s in (0.0, 5000.0))
    assert first.split(":")[1] == later.split(":")[1]
    assert int(later.split(":")[0]) - int(first.split(":")[0]) == 5000


def test_no_two_peers_have_the_same_name():
    service = TurnService(("turn:t",), SECRET)
    names = {
        service.issue(match, peer, 0.0)["username"] for match in ("a", "b") for peer in range(9)
    }
    assert len(names) == 18


def test_the_secret_is_not_shown():
    assert SECRET not in repr(TurnService(("turn:t",), SECRET))


@pytest.mark.parametrize(("secret", "lifetime_s"), [("short", 900.0), (SECRET, 5.0)])
def test_what_is_too_short_is_told(secret, lifetime_s):
    with pytest.raises(ConfigurationError, match=r"needs 16|take 30 s"):
        TurnService(("turn:t",), secret, lifetime_s)


def test_a_secret_is_made_once_and_different_each_time(tmp_path):
    first = keep_turn_secret(tmp_path / "deep" / "secret")
    assert keep_turn_secret(tmp_path / "deep" / "secret") == first
    assert read_turn_secret(tmp_path / "deep" / "secret") == first
    assert keep_turn_secret(tmp_path / "other") != first
    assert len(bytes.fromhex(first)) == 32


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are POSIX's")
def test_nobody_else_may_read_the_secret(tmp_path):
    keep_turn_secret(tmp_path / "secret")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_file_that_holds_something_else_is_told(tmp_path):
    (tmp_path / "secret").write_text("two words\n")
    with pytest.raises(ConfigurationError, match="nothing else"):
        read_turn_secret(tmp_path / "secret")
    with pytest.raises(ConfigurationError, match="turn-config"):
        read_turn_secret(tmp_path / "missing")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be made"):
        keep_turn_secret(tmp_path / "file" / "secret")
