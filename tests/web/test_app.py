"""The web side by itself: secret, outcomes, health that tells the truth, metrics without people."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels import health as health_room
from bot.channels.health import Health
from bot.channels.metrics import Metrics
from bot.channels.web.app import MAX_BODY, SECRET_HEADER, Outcome, make_app
from bot.channels.web.serve import Served

SECRET = {SECRET_HEADER: "s3cret"}


class Taker:
    def __init__(self) -> None:
        self.outcome = Outcome.DONE
        self.got: list[dict[str, Any]] = []

    async def receive(self, update: dict[str, Any]) -> Outcome:
        self.got.append(update)
        return self.outcome


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
def health() -> Health:
    found = Health()
    found.heard()
    return found


@pytest.fixture
async def client(taker: Taker, health: Health) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(health, Metrics(), hook=("/hook", "s3cret", taker.receive))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as found:
        yield found


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "s3cretx"},
                                     {SECRET_HEADER.encode(): "s3crét".encode()}])  # fmt: skip
async def test_without_the_secret_nothing_gets_in(
    client: httpx.AsyncClient, taker: Taker, headers: Any
) -> None:
    answer = await client.post("/hook", json={"update_id": 1}, headers=headers)
    assert (answer.status_code, taker.got) == (403, [])


@pytest.mark.parametrize(
    ("outcome", "status"), [(Outcome.DONE, 200), (Outcome.LATER, 503), (Outcome.UNREADABLE, 400)]
)
async def test_the_answer_is_what_became_of_the_update(
    client: httpx.AsyncClient, taker: Taker, outcome: Outcome, status: int
) -> None:
    taker.outcome = outcome
    answer = await client.post("/hook", json={"update_id": 1}, headers=SECRET)
    assert (answer.status_code, taker.got) == (status, [{"update_id": 1}])
    assert ("retry-after" in answer.headers) == (outcome is Outcome.LATER)


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[1]", 400), (b"\xff", 400), (b" " * (MAX_BODY + 1), 413)]
)
async def test_garbage_is_refused(
    client: httpx.AsyncClient, taker: Taker, body: bytes, status: int
) -> None:
    answer = await client.post("/hook", content=body, headers=SECRET)
    assert (answer.status_code, taker.got) == (status, [])


async def test_nothing_else_is_there(client: httpx.AsyncClient) -> None:
    assert (await client.get("/hook")).status_code == 405
    assert (await client.get("/")).status_code == 404


async def test_healthy_and_ready(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["faults"]) == (200, [])


async def test_a_stuck_poller_is_unhealthy(client: httpx.AsyncClient, health: Health) -> None:
    health.alive_at = time.monotonic() - health_room.STUCK - 1
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["faults"]) == (503, ["the polling loop is stuck"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"stopping": True}, "stopping"),
        ({"overloaded": True}, "overloaded"),
        ({"heard_at": None}, "Telegram has not answered yet"),
        ({"heard_at": -1000.0}, "Telegram does not answer"),
        ({"oldest": 301.0}, "answers are held up"),
    ],
)
async def test_not_ready_is_told_and_is_no_reason_to_be_killed(
    client: httpx.AsyncClient, health: Health, change: dict[str, Any], fault: str
) -> None:
    for name, value in change.items():
        setattr(health, name, time.monotonic() + value if name == "heard_at" and value else value)
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["faults"]) == (503, [fault])
    assert (await client.get("/healthz")).status_code == 200


async def test_a_spare_is_well_though_it_does_not_poll(
    client: httpx.AsyncClient, health: Health
) -> None:
    health.spare, health.heard_at = True, time.monotonic() - 1000
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["role"]) == (200, "spare")


async def test_metrics_are_prometheus_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "aftercare_answer_seconds_bucket" in answer.text
    memory = next(x for x in answer.text.splitlines() if x.startswith("aftercare_resident_bytes "))
    assert float(memory.split()[1]) > 1e7


async def test_it_listens_and_ends(health: Health) -> None:
    served = Served(make_app(health, Metrics()), "127.0.0.1", 0)
    await served.start()
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{served.port}/healthz")
    assert answer.status_code == 200
    assert "server" not in answer.headers
    await asyncio.wait_for(served.stop(), 3)
