"""Values that only the operator's key can read, and names of chats that only it can make."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

REMEDY = "write a line of 'aftercare key' into AFTERCARE_KEY"


class KeyFormatError(ValueError):
    """AFTERCARE_KEY cannot be used; the text says why and what to do, and holds no key."""


class Seal:
    """Seals with the newest key, opens with any."""

    def __init__(self, keys: str, bot: int) -> None:
        """``keys`` as in AFTERCARE_KEY: comma-separated, the newest first.

        Raises:
            KeyFormatError: one of them is no key.
        """
        names = [key.strip() for key in keys.split(",") if key.strip()]
        if not names:
            raise KeyFormatError(f"AFTERCARE_KEY is empty; {REMEDY}")
        fernets = []
        for number, name in enumerate(names, 1):
            try:
                fernets.append(Fernet(name))
            except ValueError:
                raise KeyFormatError(
                    f"key {number} of {len(names)} in AFTERCARE_KEY is no key (44 letters, made "
                    f"by 'aftercare key'); {REMEDY}"
                ) from None
        self._fernet = MultiFernet(fernets)
        self._name_keys = [
            hashlib.blake2b(name.encode(), digest_size=32, person=b"aftercare-names").digest()
            for name in names
        ]
        self.bot = bot
        """The number of the bot that it seals for."""
        self.gap_keys = {
            named.hex()[:8]: hashlib.blake2b(
                name.encode(), digest_size=32, person=b"aftercare-gaps"
            ).digest()
            for name, named in zip(names, self._name_keys, strict=True)
        }
        """Keys for what was asked and is not known, by their stamps, the newest first."""
        self.stamp = self._name_keys[0].hex()[:8]
        """Tells which key sealed a value; says nothing about the key."""

    def __repr__(self) -> str:
        return f"Seal({len(self._name_keys)} keys)"

    def names(self, chat: int) -> list[str]:
        """What a chat is called in the database: by the newest key, then by older ones."""
        text = f"{self.bot}:{chat}".encode()
        return [hmac.digest(key, text, "sha256")[:16].hex() for key in self._name_keys]

    def seal(self, value: bytes) -> bytes:
        """Encrypt and sign."""
        return self._fernet.encrypt(value)

    def seal_at(self, value: bytes, at: int) -> bytes:
        """The same with another time (seconds since 1970) than now, which a seal shows openly."""
        return self._fernet.encrypt_at_time(value, at)

    def open(self, value: bytes) -> bytes | None:
        """Decrypt; None if no key fits."""
        try:
            return self._fernet.decrypt(bytes(value))
        except InvalidToken:
            return None


def new_key() -> str:
    """A fresh key for AFTERCARE_KEY."""
    return Fernet.generate_key().decode()
