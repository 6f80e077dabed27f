"""The commands know what the network tests need of the system."""

from __future__ import annotations

from tools.system_packages import missing_packages


def test_every_program_that_is_missing_names_its_package() -> None:
    expected = ["iproute2", "iptables", "coturn", "firefox-esr"]
    assert missing_packages(lambda program: None) == expected


def test_a_firefox_of_either_name_will_do() -> None:
    found = {"ip", "iptables", "turnserver", "firefox-esr"}
    assert missing_packages(lambda program: program if program in found else None) == []
    found = {"ip", "iptables", "firefox"}
    assert missing_packages(lambda program: program if program in found else None) == ["coturn"]
