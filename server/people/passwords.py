"""Passwords: what may be one, and its hash.

argon2id in a thread, two at a time, because each takes 64 MiB and a fifth of a second.
"""

from __future__ import annotations

import asyncio
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 12
MAX_LENGTH = 256
_MIN_BESIDE_LOGIN = 8
_SHORTEST_LOGIN_LOOKED_FOR = 3
_COMMON = Path(__file__).with_name("common_passwords.txt")
_AT_ONCE = 2


def weakness(password: str, login: str) -> str:
    """Why a new password can't be taken, as a stable code; empty if it can.

    Length and guesses count, no composition: `short`, `long`, `common` (on the list of what guessers try
    first, or one short piece again and again), `login` (little more than the login it belongs to).
    """
    if len(password) < MIN_LENGTH:
        return "short"
    if len(password) > MAX_LENGTH:
        return "long"
    plain = password.strip().casefold()
    if plain in _common() or _repeats(plain) or _is_a_run(plain):
        return "common"
    if len(login) >= _SHORTEST_LOGIN_LOOKED_FOR and login in plain:
        return "login" if len(plain.replace(login, "")) < _MIN_BESIDE_LOGIN else ""
    return ""


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _repeats(plain: str) -> bool:
    """Whether it is a piece of at most four characters again and again: `abcabcabcabc`."""
    return any(plain == (plain[:size] * (len(plain) // size + 1))[: len(plain)] for size in range(1, 5))


def _is_a_run(plain: str) -> bool:
    """Whether each character is the one after or before its neighbour: `abcdefghijkl`, `987654321098`."""
    return any(
        all(
            (ord(b) - ord(a)) % 10 == step % 10 if a.isdigit() and b.isdigit() else ord(b) - ord(a) == step
            for a, b in pairwise(plain)
        )
        for step in (1, -1)
    )


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # at the first sign-in, so that start and rest stay small

    return PasswordHasher()


def hash_now(password: str) -> str:
    """The argon2id hash of a password. Blocks for about 0.1 s."""
    return _hasher().hash(password)


def verify_now(password_hash: str, password: str) -> bool:
    """Whether the password is the one behind the hash. Blocks for about 0.1 s."""
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(password_hash, password)
    except VerificationError:
        return False


class Passwords:
    """Hashes and verifies without blocking the loop, at most two at once."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._slots:
            return await asyncio.to_thread(hash_now, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password fits.

        None or empty (no such account, none chosen yet) takes as long: logins can't be guessed by time.
        """
        password = password[: MAX_LENGTH + 1]
        async with self._slots:
            if not password_hash:
                nobody = self._nobody or await asyncio.to_thread(hash_now, "nobody")
                self._nobody = nobody
                await asyncio.to_thread(verify_now, nobody, password)
                return False
            return await asyncio.to_thread(verify_now, password_hash, password)
