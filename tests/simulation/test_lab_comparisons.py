"""The lab plays the same match otherwise: over an ordered channel, with fewer copies, recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peergym.errors import ConfigurationError
from peergym.games.catalogue import find_game
from peergym.lab import LabResult, run_lab
from peergym.lab.match_file import MatchFile, match_from_json
from peergym.lab.profiles import PROFILES


def play(frames: int = 1200, **fields: Any) -> LabResult:
    network = fields.pop("network", {})
    match = match_from_json({"game": "chaos", "frames": frames, "network": network, **fields})
    result, _ = run_lab(match.lab_options(find_game))
    assert result.is_sound
    return result


def test_over_an_ordered_channel_one_loss_holds_up_all_that_follows() -> None:
    network = {"rtt_ms": 100, "jitter_ms": 10, "loss": 5}
    ours = play(network=network)
    ordered = play(network={**network, "transport": "ordered"})
    assert ours.checksum == ordered.checksum, "it is the same match"
    assert ours.held_latency_ms_p50 == pytest.approx(ordered.held_latency_ms_p50, abs=10)
    assert ours.held_latency_ms_p95 < 60
    assert ordered.held_latency_ms_p95 > 150, "a timer or a round trip and a half more"
    assert ours.stalls < 10
    assert ordered.stalls > 100
    assert ordered.confirmed_lag_frames_p99 > 1.5 * ours.confirmed_lag_frames_p99


def test_without_losses_an_ordered_channel_is_as_good() -> None:
    network = {"rtt_ms": 100, "jitter_ms": 10}
    ours, ordered = play(network=network), play(network={**network, "transport": "ordered"})
    assert ordered.held_latency_ms_p99 == pytest.approx(ours.held_latency_ms_p99, abs=1)
    assert ordered.rollbacks > 50


@pytest.mark.parametrize(("inputs", "loss"), [(1, 1), (2, 5)])
def test_a_rule_of_the_last_inputs_leaves_the_holes_that_chance_says(
    inputs: int, loss: int
) -> None:
    result = play(frames=3600, network={"loss": loss}, redundancy=f"last{inputs}")
    share = loss / 100
    # A hole begins with so many losses in a row after a delivery, each way.
    expected = 2 * 3600 * (1 - share) * share**inputs
    assert result.holes == pytest.approx(expected, rel=0.4)


def test_our_rule_leaves_no_hole_whatever_is_lost() -> None:
    network = {"rtt_ms": 60, "loss": 30, "burst": 6, "reorder": 10}
    assert play(frames=600, network=network).holes == 0
    assert play(frames=600, network=network, redundancy="last3").holes > 5


def test_a_hole_costs_a_stall_until_what_is_missing_is_asked_for() -> None:
    network = {"rtt_ms": 60, "loss": 20}
    ours = play(frames=600, network=network, window=4)
    last_two = play(frames=600, network=network, window=4, redundancy="last2")
    assert last_two.held_latency_ms_p99 > 1.3 * ours.held_latency_ms_p99
    assert last_two.stalls > 3 * ours.stalls
    assert last_two.bytes_per_packet_mean < ours.bytes_per_packet_mean


def test_an_input_takes_its_delay_to_act_and_the_way_to_be_held() -> None:
    result = play(frames=300, network={"rtt_ms": 100}, input_delay=3)
    assert result.own_latency_ms_p50 == pytest.approx(50, abs=0.1)
    assert result.held_latency_ms_p50 == result.held_latency_ms_p99 == pytest.approx(50, abs=0.2)


def test_a_match_over_a_recording_takes_as_long_as_it_says(tmp_path: Path) -> None:
    recording = tmp_path / "path.csv"
    recording.write_text("".join("20\n" * 19 + "lost\n" for _ in range(7)))
    result = play(frames=600, network={"packet_trace": str(recording)})
    assert result.held_latency_ms_p50 == pytest.approx(20, abs=0.1)
    assert 50 < result.packets_lost < 70
    again = play(frames=600, network={"packet_trace": str(recording)})
    assert again == result, "the same seed begins at the same place"


def test_a_recording_leaves_nothing_to_say_about_losses(tmp_path: Path) -> None:
    recording = tmp_path / "path.csv"
    recording.write_text("20\n")
    with pytest.raises(ConfigurationError, match="leave out loss"):
        match_from_json({"network": {"packet_trace": str(recording), "loss": 5}})


def test_every_profile_is_a_network_on_which_people_play_on() -> None:
    for name in PROFILES:
        result = play(frames=240, network={"profile": name})
        assert result.frames == 240, name
        assert result.held_latency_ms_p50 >= PROFILES[name].figures["rtt_ms"] / 2 - 10


def test_figures_beside_a_profile_count() -> None:
    match = match_from_json({"network": {"profile": "lte", "loss": 0, "burst": 1}})
    assert match.network.loss == 0.0
    assert match.network.rtt_s == 0.09


def test_a_network_is_written_as_it_is_read(tmp_path: Path) -> None:
    recording = tmp_path / "path.csv"
    recording.write_text("20\n30\n")
    for network in (
        {"packet_trace": str(recording)},
        {"rtt_ms": 50, "transport": "ordered", "hold_every_ms": 3000, "hold_ms": 20},
    ):
        match = match_from_json({"network": network, "redundancy": "last10"})
        assert match.to_json()["network"] == network
        assert match_from_json(match.to_json()) == match


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"network": {"transport": "post"}}, "transport is one of datagram, ordered"),
        ({"network": {"transport": 7}}, "is a text"),
        ({"network": {"profile": "pigeon"}}, "profile: is one of fibre"),
        ({"network": {"profile": 7}}, "is a name"),
        ({"network": {"speed": 7}}, "knows rtt_ms"),
    ],
)
def test_a_network_that_makes_no_sense_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        match_from_json(fields)


def test_only_so_many_inputs_can_be_repeated() -> None:
    for text in ("last0", "last201", "last", "3", "lastmany"):
        with pytest.raises(ConfigurationError, match="redundancy"):
            MatchFile(redundancy=text).lab_options(find_game)
