"""Settings: from the environment only, faults told with what to write, no secret ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ConfigError, cache_folder, data_folder, from_environment

SET = {
    "TELEGRAM_TOKEN": "123:abcdefgh",
    "DATABASE_URL": "postgres://me:geheim123@db/x",
    "AFTERCARE_KEY": "key-one-abc, key-two-abc",
    "WEBHOOK_SECRET": "hook-secret",
    "PORT": "8000",
    "HOME": "/home/pat",
}


def test_everything_is_read() -> None:
    config = from_environment(SET | {"TELEGRAM_API_URL": "http://x/ ", "AFTERCARE_LOG": "json"})
    assert (config.bot, config.port, config.api_url, config.json_log) == (
        123,
        8000,
        "http://x",
        True,
    )
    assert config.database == SET["DATABASE_URL"]


def test_no_secret_in_the_repr_and_all_of_them_known_to_the_log() -> None:
    config = from_environment(SET)
    secrets = {"123:abcdefgh", "geheim123", "key-one-abc", "key-two-abc", "hook-secret"}
    assert set(config.secrets()) == secrets
    assert not any(secret in repr(config) for secret in secrets)


def test_the_default_database_is_a_file_in_the_users_data_folder() -> None:
    config = from_environment({"HOME": "/home/pat"})
    assert config.database == "sqlite:////home/pat/.local/share/aftercare/aftercare.sqlite3"
    assert config.secrets() == []
    assert config.bot == 0


@pytest.mark.parametrize(
    ("platform", "env", "folder"),
    [
        ("linux", {"XDG_DATA_HOME": "/var/lib"}, "/var/lib/aftercare"),
        ("darwin", {"HOME": "/Users/p"}, "/Users/p/Library/Application Support/aftercare"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/aftercare"),
    ],
)
def test_folders_of_other_systems(platform: str, env: dict[str, str], folder: str) -> None:
    assert data_folder(env, platform) == Path(folder)
    assert cache_folder(env, platform) != Path(folder)


def test_a_service_whose_user_has_no_home_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    env = {"XDG_DATA_HOME": "/var/lib", "XDG_CACHE_HOME": "/var/cache"}
    assert data_folder(env, "linux") == Path("/var/lib/aftercare")
    assert cache_folder(env, "linux") == Path("/var/cache/aftercare")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("PORT", "70000"), ("AFTERCARE_LOG", "x"), ("AFTERCARE_GAPS", "1")],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        from_environment({name: value})
