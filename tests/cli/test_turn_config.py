"""What `peergym turn-config` prints, as far as it can be seen without a coturn (see tests/turn)."""

import ipaddress
import os
import stat

import pytest

from peergym.cli import main


def printed(capsys, tmp_path, *arguments):
    """Return the lines that say something."""
    secret_file = tmp_path / "secret"
    assert main(["turn-config", "--secret-file", str(secret_file), *arguments]) == 0
    return lines_of(capsys.readouterr().out)


def lines_of(text):
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_configuration_is_hardened(capsys, tmp_path):
    lines = printed(capsys, tmp_path, "--realm", "turn.example.org")
    for line in (
        "use-auth-secret", "realm=turn.example.org", "fingerprint", "no-multicast-peers", "no-cli",
        "no-tcp-relay", "no-rfc5780", "stale-nonce=600", "listening-port=3478",
    ):  # fmt: skip
        assert line in lines
    assert {line.partition("=")[0] for line in lines} >= {"user-quota", "total-quota", "max-bps"}
    assert not any(line.startswith(("allow-", "allowed-", "lt-cred", "user=")) for line in lines)


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.31.0.1", "192.168.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "2002:a00:1::1"],
)  # fmt: skip
def test_nobody_is_sent_into_private_networks(capsys, tmp_path, address):
    asked = ipaddress.ip_address(address)
    ranges = [
        [ipaddress.ip_address(end) for end in line.partition("=")[2].split("-")]
        for line in printed(capsys, tmp_path)
        if line.startswith("denied-peer-ip=")
    ]
    assert any(low <= asked <= high for low, high in ranges if low.version == asked.version)


def test_every_line_that_decides_something_is_explained(capsys, tmp_path):
    main(["turn-config", "--secret-file", str(tmp_path / "secret")])
    text = capsys.readouterr().out
    for part in text.split("\n\n"):
        assert part.startswith("# ")
    assert text.count("\n#") > 30


def test_the_secret_is_made_once_and_is_never_the_same_as_another(capsys, tmp_path):
    def secret(*arguments):
        (line,) = (
            line
            for line in printed(capsys, tmp_path, *arguments)
            if line.startswith("static-auth-secret=")
        )
        return line.partition("=")[2]

    first = secret()
    assert secret() == first == (tmp_path / "secret").read_text().strip()
    assert secret("--secret-file", str(tmp_path / "other")) != first
    assert len(first) == 64


def test_behind_nat_players_may_meet_at_the_servers_own_address(capsys, tmp_path):
    lines = printed(capsys, tmp_path, "--external-ip", "8.8.8.8/10.0.0.5")
    assert "external-ip=8.8.8.8/10.0.0.5" in lines
    assert "allowed-peer-ip=10.0.0.5" in lines
    assert "allowed-peer-ip=8.8.8.8" not in lines


def test_places_can_be_chosen(capsys, tmp_path):
    lines = printed(
        capsys, tmp_path,
        "--port", "443", "--listening-ip", "192.168.1.2", "--relay-ports", "50000-50100",
    )  # fmt: skip
    for line in (
        "listening-port=443", "listening-ip=192.168.1.2", "relay-ip=192.168.1.2",
        "min-port=50000", "max-port=50100", "allowed-peer-ip=192.168.1.2",
    ):  # fmt: skip
        assert line in lines


def test_without_a_file_for_the_secret_it_is_where_the_server_looks(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PEERGYM_DATA_DIR", str(tmp_path))
    assert main(["turn-config"]) == 0
    assert str(tmp_path / "turn_secret") in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are POSIX's")
def test_a_file_that_is_written_is_for_its_owner_alone(capsys, tmp_path):
    path = tmp_path / "turnserver.conf"
    path.write_text("")
    path.chmod(0o666)
    assert printed(capsys, tmp_path, "-o", str(path)) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "use-auth-secret" in lines_of(path.read_text())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--realm", "a b"], "is not a name"),
        (["--external-ip", "turn.example.org"], "is no IP address"),
        (["--port", "100"], "browsers send nothing to 100"),
        (["--tls-port", "70000"], "browsers send nothing to 70000"),
        (["--relay-ports", "1-2"], "between 1024 and 65535"),
        (["--relay-ports", "many"], "49152-65535"),
    ],
)
def test_what_makes_no_sense_is_told_and_no_secret_is_made(capsys, tmp_path, arguments, sentence):
    command = ["turn-config", "--secret-file", str(tmp_path / "secret"), *arguments]
    assert main(command) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "secret").exists()
