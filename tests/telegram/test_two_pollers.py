"""Two pollers on one token and no database between them: one answers, the other waits its turn."""

from __future__ import annotations

import asyncio
import signal

from tests.standin.ports import free_port
from tests.standin.server import TOKEN, BotApi
from tests.telegram.test_process import end, start, until
from tests.telegram.test_replicas import ready, until_role


async def test_one_answers_and_the_other_takes_over_when_it_dies(api: BotApi) -> None:
    ports = [free_port(), free_port()]
    first = await start(api, TOKEN, "--port", str(ports[0]), HOST="127.0.0.1")
    assert (await ready(ports[0]))["role"] == "polling"
    second = await start(api, TOKEN, "--port", str(ports[1]), HOST="127.0.0.1")
    try:
        await until_role(ports[0], "spare")  # who began last polls, as at a deploy
        for number in range(1, 9):
            api.say("/help")
            await api.wait_for(number, seconds=15)
            await until(lambda: not api.updates)
            await asyncio.sleep(0.3)
        assert len(api.texts()) == 8, "each answered by one of them"
        second.send_signal(signal.SIGKILL)
        await second.wait()
        api.say("/privacy")
        assert "never store" in (await api.wait_for(9, seconds=20))[8]
        await until_role(ports[0], "polling")
    finally:
        log = await end(first, signal.SIGTERM)
        if second.returncode is None:
            await end(second, signal.SIGKILL)
    assert len(api.texts()) == 9
    assert log.count("another instance polls") == 1, "no tug of war"
