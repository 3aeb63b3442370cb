"""Keys: the newest seals, all open, none shows."""

from __future__ import annotations

import pytest

from bot.store.sealing import KeyFormatError, Seal, new_key

OLD, NEW = new_key(), new_key()


def test_the_newest_key_seals_and_older_ones_open() -> None:
    old, both, new = Seal(OLD, 1), Seal(f"{NEW}, {OLD}", 1), Seal(NEW, 1)
    assert both.open(old.seal(b"x")) == b"x"
    assert new.open(both.seal(b"x")) == b"x"
    assert new.open(old.seal(b"x")) is None
    assert both.names(5) == [*new.names(5), *old.names(5)]
    assert both.stamp == new.stamp != old.stamp


def test_a_chat_has_another_name_for_each_bot_and_key() -> None:
    names = {Seal(key, bot).names(5)[0] for key in (OLD, NEW) for bot in (1, 2)}
    assert len(names) == 4
    assert not any(name == "5" for name in names)


@pytest.mark.parametrize(
    "keys",
    ["", " , ", "secret", f"{NEW},secret"],
    ids=["none", "blank", "word", "key and word"],
)
def test_a_key_that_is_none_is_told_with_a_remedy_and_not_shown(keys: str) -> None:
    with pytest.raises(KeyFormatError, match="aftercare key") as caught:
        Seal(keys, 1)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_key_in_the_repr() -> None:
    assert NEW not in repr(Seal(NEW, 1))
