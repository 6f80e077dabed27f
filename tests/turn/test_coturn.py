"""Debian's coturn takes the configuration that we print, and the credentials that we make."""

import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from aioice.stun import TransactionFailed

from peergym.server.turn import TurnService
from peergym.server.turn_config import USER_QUOTA
from tests.turn.client import allocation, code_of, permit, refresh
from tests.turn.coturn import running_coturn

EXPIRED_S = 60.0
COARSE_S = 3.0
"""coturn reads its clock once a second."""


@pytest.fixture
def service(coturn):
    return TurnService((coturn.url,), coturn.secret)


def test_every_line_is_understood(coturn):
    assert coturn.said(r"Bad configuration format.*") == []
    assert coturn.said("Default realm: peergym")


def test_a_line_that_is_not_understood_would_be_noticed(tmp_path):
    with running_coturn(tmp_path, further_lines="no-such-option\n") as coturn:
        assert coturn.said(r"Bad configuration format.*no-such-option")


async def test_credentials_of_ours_open_a_path(coturn, service):
    server = service.issue("match", 0, time.time())
    async with allocation(coturn, server) as client:
        await permit(client, "127.0.0.1")
        await refresh(client)
    assert coturn.said(f"user <{server['username']}>: incoming packet ALLOCATE processed, success")


async def test_credentials_that_have_expired_are_refused(coturn, service):
    server = service.issue("match", 0, time.time() - service.lifetime_s - EXPIRED_S)
    with pytest.raises(TransactionFailed) as refusal:
        async with allocation(coturn, server):
            pass
    assert code_of(refusal) == 401


async def test_credentials_made_with_another_secret_are_refused(coturn, service):
    other = replace(service, secret="f" * 64)
    with pytest.raises(TransactionFailed) as refusal:
        async with allocation(coturn, other.issue("match", 0, time.time())):
            pass
    assert code_of(refusal) == 401


async def test_a_path_outlives_its_credentials(coturn, service):
    # It has two seconds left when it is used, and none when the path is prolonged.
    server = service.issue("match", 0, time.time() - service.lifetime_s + 2)
    expiry_s = int(server["username"].split(":")[0])
    async with allocation(coturn, server) as client:
        while time.time() <= expiry_s + COARSE_S:
            await refresh(client)
        await refresh(client)
    with pytest.raises(TransactionFailed) as refusal:
        async with allocation(coturn, server):
            pass
    assert code_of(refusal) == 401


async def test_nobody_gets_more_paths_than_the_quota(tmp_path):
    with running_coturn(tmp_path) as coturn:
        service = TurnService((coturn.url,), coturn.secret)
        async with AsyncExitStack() as paths:

            async def open_path(peer):
                server = service.issue("match", peer, time.time())
                await paths.enter_async_context(allocation(coturn, server))

            for _ in range(USER_QUOTA):
                await open_path(peer=0)
            with pytest.raises(TransactionFailed) as refusal:
                await open_path(peer=0)
            assert code_of(refusal) == 486
            await open_path(peer=1)


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "224.0.0.1"])
async def test_nobody_is_sent_into_private_networks(coturn, service, address):
    async with allocation(coturn, service.issue("match", 0, time.time())) as client:
        with pytest.raises(TransactionFailed) as refusal:
            await permit(client, address)
        assert code_of(refusal) == 403
        await permit(client, "8.8.8.8")


async def test_nobody_is_sent_to_the_machine_itself_unless_a_test_allows_it(tmp_path):
    with running_coturn(tmp_path, has_private_peers=False) as coturn:
        service = TurnService((coturn.url,), coturn.secret)
        async with allocation(coturn, service.issue("match", 0, time.time())) as client:
            with pytest.raises(TransactionFailed) as refusal:
                await permit(client, "127.0.0.1")
            assert code_of(refusal) == 403
