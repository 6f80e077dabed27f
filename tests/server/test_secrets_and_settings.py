"""Secrets are made, kept and guarded; settings that make no sense are told in a sentence."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import ConfigurationError, SignallingError
from peergym.server import ServerSettings
from peergym.server.entry_limiter import MAX_ADDRESSES, EntryLimiter
from peergym.server.settings import default_data_dir, read_origin
from peergym.server.tokens import TokenSigner, load_secret
from peergym.signalling import SeatPass

SEAT = SeatPass("room", "key")


def test_a_secret_is_made_at_the_first_start_and_kept(tmp_path):
    first = load_secret(tmp_path / "deep" / "data")
    assert load_secret(tmp_path / "deep" / "data") == first
    assert load_secret(tmp_path / "other") != first
    assert len(bytes.fromhex(first)) == 32
    assert [path.name for path in (tmp_path / "deep" / "data").iterdir()] == ["secret"]


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are POSIX's")
def test_nobody_else_may_read_the_secret(tmp_path):
    old_mask = os.umask(0)
    try:
        load_secret(tmp_path)
    finally:
        os.umask(old_mask)
    path = tmp_path / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    load_secret(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_servers_that_start_at_once_agree_on_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load_secret, [tmp_path] * 32))) == 1


def test_a_secret_that_cannot_be_kept_is_told_with_a_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="PEERGYM_DATA_DIR"):
        load_secret(tmp_path / "file")
    (tmp_path / "secret").write_text("short")
    with pytest.raises(ConfigurationError, match="delete it"):
        load_secret(tmp_path)


def test_a_token_is_good_until_it_expires():
    signer = TokenSigner("secret", 60.0)
    token = signer.issue(SEAT, 1000.0)
    assert signer.read(token, 1059.9) == SEAT
    with pytest.raises(SignallingError, match="expired"):
        signer.read(token, 1060.0)


@given(st.data())
def test_no_changed_token_is_read(data):
    signer = TokenSigner("secret", 60.0)
    token = signer.issue(SEAT, 1000.0)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(codec="ascii"))
    changed = token[:place] + letter + token[place + 1 :]
    try:
        # One signature has several spellings: its last letter has bits to spare, and base64 for
        # addresses has two letters that readers take for those of base64 as well.
        assert signer.read(changed, 1000.0) == SEAT
        is_last = place == len(token) - 1
        assert is_last or changed.replace("/", "_").replace("+", "-") == token
    except SignallingError as error:
        assert error.code == "bad_token"  # noqa: PT017 - either is right


def test_tokens_of_another_secret_are_not_read():
    token = TokenSigner("another", 60.0).issue(SEAT, 1000.0)
    with pytest.raises(SignallingError, match="does not know"):
        TokenSigner("secret", 60.0).read(token, 1000.0)


@pytest.mark.parametrize("text", ["*", "example.org", "ftp://x", "https://", "https://x/path"])
def test_what_is_no_origin_is_told(text):
    with pytest.raises(ConfigurationError, match="is not an origin"):
        read_origin(text)


def test_allowed_are_the_addresses_served_and_those_named():
    settings = ServerSettings(
        base_urls=("http://192.168.1.5:8000", "http://127.0.0.1:8000"),
        origins=("https://Play.Example.org/",),
    )
    assert settings.allowed_origins() == {
        "http://192.168.1.5:8000",
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "https://play.example.org",
    }


def test_the_data_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("PEERGYM_DATA_DIR", str(tmp_path))
    assert default_data_dir() == ServerSettings().data_dir == tmp_path
    monkeypatch.delenv("PEERGYM_DATA_DIR")
    assert default_data_dir().name == "peergym"


def test_the_memory_of_addresses_has_an_end():
    limiter = EntryLimiter(rate_per_s=1.0, burst=2.0)
    for n in range(3 * MAX_ADDRESSES):
        assert limiter.take(f"address {n}", 0.0)
        assert len(limiter._buckets) <= MAX_ADDRESSES
    assert limiter.take("newcomer", 10.0)
    assert len(limiter._buckets) == 1


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("no address", "another", False),
    ],
)
def test_whoever_has_a_network_of_ipv6_has_one_address(one, other, are_one):
    limiter = EntryLimiter(rate_per_s=1.0, burst=1.0)
    assert limiter.take(one, 0.0)
    assert limiter.take(other, 0.0) is not are_one
