"""Accounts: who has one, what they chose, and the check of a password at sign-in."""

from __future__ import annotations

import re
import sqlite3
import time
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

from msgspec import Struct

from server.criteria.model import Language
from server.database import Connection, Database
from server.people.attempts import Attempts, address_subject, login_subject, password_subject
from server.people.devices import stop_devices
from server.people.links import Link, end_links, use
from server.people.passwords import MAX_LENGTH, MIN_LENGTH, Passwords, weakness
from server.people.principal import AccountRole, Hand, Principal, Theme, principal_of
from server.people.security_log import note
from server.people.sessions import end_sessions

_LOGIN = re.compile(r"[^\s\x00-\x1f\x7f]{2,64}")
MAX_NAME = 100
_WEAK = {
    "short": f"a password has at least {MIN_LENGTH} characters",
    "long": f"a password has at most {MAX_LENGTH} characters",
    "common": "this password is among the first that are guessed; take several words that belong to nothing",
    "login": "this password is little more than the login",
}


class Account(Struct, frozen=True, kw_only=True):
    """An account as the administrator sees it. `invited`: no password was chosen yet."""

    id: str
    login: str
    name: str
    role: AccountRole
    disabled: bool = False
    invited: bool = False


class AccountError(ValueError):
    """An account can't be made, found or changed in this way.

    `reason` is a stable code, the text one line that says what to do.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class WrongPassword(Exception):
    """No active account has this login and password. Never says which of the two was wrong."""


class Accounts:
    """The accounts of one certification body."""

    def __init__(self, db: Database, attempts: Attempts) -> None:
        self._db = db
        self._attempts = attempts
        self._passwords = Passwords()

    async def add(
        self,
        *,
        login: str,
        name: str,
        role: AccountRole,
        password: str | None,
        id: str | None = None,  # noqa: A002 - the word of the field
        language: Language = "zh",
        actor: str | None = None,
    ) -> Account:
        """Make an account; `id` is given where a person of an imported audit gets one.

        Without a password nobody can sign in until one is chosen through an invitation. Raises AccountError.
        """
        login = normal_login(login)
        if not _LOGIN.fullmatch(login):
            raise AccountError("bad_login", "a login has 2 to 64 characters and no blanks")
        name = _name(name)
        password_hash = ""
        if password is not None:
            check_password(password, login)
            password_hash = await self._passwords.hash(password)
        account = Account(id=id or str(uuid4()), login=login, name=name, role=role, invited=not password_hash)

        async def insert(connection: Connection) -> None:
            await connection.execute(
                "INSERT INTO accounts (id, login, name, role, password_hash, language)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (account.id, login, account.name, role, password_hash, language),
            )
            await note(connection, "account_added", actor=actor, account=account.id, object=role)

        try:
            await self._db.write(insert)
        except sqlite3.IntegrityError as error:
            raise AccountError(
                "login_taken", f"there is already an account {login!r} or with this id"
            ) from error
        return account

    async def list(self, search: str = "") -> list[Account]:
        """All accounts by login; `search` in login and name."""
        rows = await self._db.read(
            "SELECT id, login, name, role, disabled_at, password_hash = '' FROM accounts"
            " WHERE instr(login, ?) OR instr(lower(name), lower(?)) ORDER BY login",
            normal_login(search),
            search.strip(),
        )
        return [_account(row) for row in rows]

    async def get(self, account: str) -> Account:
        """One account by its id. Raises AccountError where there is none."""
        row = await self._db.read_one(
            "SELECT id, login, name, role, disabled_at, password_hash = '' FROM accounts WHERE id = ?",
            account,
        )
        if row is None:
            raise AccountError("unknown_account", "there is no such account")
        return _account(row)

    async def principals(self, accounts: Iterable[str]) -> dict[str, Principal]:
        """Those of these accounts that there are, for judging what they recorded: stopped ones, too."""
        found = {}
        for account in accounts:
            with suppress(AccountError):
                one = await self.get(account)
                found[account] = Principal(id=one.id, name=one.name, role=one.role, disabled=one.disabled)
        return found

    async def change(self, account: str, *, name: str, role: AccountRole, actor: str) -> None:
        """Change name and role. Another role ends the account's sessions: rights begin with a new sign-in.

        Raises AccountError: `no_name`, `unknown_account`, `last_admin`.
        """
        name = _name(name)

        async def update(connection: Connection) -> None:
            before = await _one(connection, "SELECT name, role FROM accounts WHERE id = ?", account)
            if before is None:
                raise AccountError("unknown_account", "there is no such account")
            await connection.execute(
                "UPDATE accounts SET name = ?, role = ?, version = version + 1 WHERE id = ?",
                (name, role, account),
            )
            if before[0] != name:
                await note(connection, "account_renamed", actor=actor, account=account)
            if before[1] != role:
                await _keep_an_admin(connection, was=before[1])
                await end_sessions(connection, account)
                await note(connection, "role_changed", actor=actor, account=account, object=role)

        await self._db.write(update)

    async def disable(self, login: str, *, actor: str | None = None) -> None:
        """Stop an account and end its sessions; what the person wrote stays.

        Its phones may still deliver what waits on them: that is held. Raises AccountError: `unknown_login`,
        `last_admin`.
        """
        login = normal_login(login)
        now = datetime.now(UTC).isoformat(timespec="seconds")

        async def stop(connection: Connection) -> None:
            row = await _one(connection, "SELECT id, disabled_at, role FROM accounts WHERE login = ?", login)
            if row is None:
                raise AccountError(
                    "unknown_login", f"there is no account {login!r}; see `clausewalk user list`"
                )
            if row[1] is not None:
                return
            await connection.execute(
                "UPDATE accounts SET disabled_at = ?, version = version + 1 WHERE id = ?", (now, row[0])
            )
            await _keep_an_admin(connection, was=row[2])
            await end_sessions(connection, row[0])
            await end_links(connection, int(time.time()), "invite", "reset", account=row[0])
            await note(connection, "account_disabled", actor=actor, account=row[0])

        await self._db.write(stop)

    async def enable(self, account: str, *, actor: str | None = None) -> None:
        """Let a stopped account sign in again. Raises AccountError: `unknown_account`."""

        async def start(connection: Connection) -> None:
            cursor = await connection.execute(
                "UPDATE accounts SET disabled_at = NULL, version = version + 1"
                " WHERE id = ? AND disabled_at IS NOT NULL",
                (account,),
            )
            if cursor.rowcount:
                await note(connection, "account_enabled", actor=actor, account=account)

        await self.get(account)
        await self._db.write(start)

    async def check(self, login: str, password: str, address: str) -> Principal:
        """The person behind a login and password.

        Raises WrongPassword, or `attempts.TooMany` with the moment from which to try again. The attempt is
        counted before the password is looked at: many at once can't slip past the limit.
        """
        login = normal_login(login)
        subjects = (login_subject(login), address_subject(address))
        await self._attempts.begin(*subjects)
        row = await self._db.read_one(
            "SELECT id, name, role, language, theme, hand, version, password_hash FROM accounts"
            " WHERE login = ? AND disabled_at IS NULL",
            login,
        )
        if not await self._passwords.verify(row["password_hash"] if row else None, password) or row is None:
            who = row["id"] if row else None
            await self._db.write(
                lambda connection: note(connection, "sign_in_failed", account=who, address=address)
            )
            raise WrongPassword
        await self._attempts.succeeded(*subjects)
        return principal_of(row)

    async def change_password(self, account: str, old: str, new: str, *, session: str, address: str) -> None:
        """Change one's own password. Every other device of the account is ended with it.

        Raises WrongPassword for the old one, `attempts.TooMany`, AccountError for what can't be the new one.
        """
        subject = password_subject(account)
        row = await self._db.read_one("SELECT login, password_hash FROM accounts WHERE id = ?", account)
        if row is None:
            raise WrongPassword
        check_password(new, row["login"])
        await self._attempts.begin(subject)
        if not await self._passwords.verify(row["password_hash"], old):
            await self._db.write(
                lambda connection: note(
                    connection, "password_failed", actor=account, account=account, address=address
                )
            )
            raise WrongPassword
        await self._attempts.succeeded(subject)
        password_hash = await self._passwords.hash(new)

        async def change(connection: Connection) -> None:
            await _set_password(connection, account, password_hash, but=session)
            await note(connection, "password_changed", actor=account, account=account, address=address)

        await self._db.write(change)

    async def redeem(self, link: Link, token: str, new: str, *, address: str) -> bool:
        """Choose a password by a link that was found; every device of the account is ended with it.

        False where the link can't be used any more. Raises AccountError for what may not be a password.
        """
        account = await self.get(link.account or "")
        check_password(new, account.login)
        password_hash = await self._passwords.hash(new)

        async def choose(connection: Connection) -> bool:
            used = await use(connection, token, int(time.time()), "invite", "reset")
            if used is None or used.account != account.id:
                return False
            await _set_password(connection, account.id, password_hash)
            await note(connection, "password_reset", actor=account.id, account=account.id, address=address)
            return True

        done = await self._db.write(choose)
        if done:
            await self._attempts.succeeded(login_subject(account.login))
        return done

    async def choose(self, account: str, *, language: Language, theme: Theme, hand: Hand) -> None:
        """Keep how a person wants to see the program. The version changes, so that no old page is served."""

        async def update(connection: Connection) -> None:
            await connection.execute(
                "UPDATE accounts SET language = ?, theme = ?, hand = ?, version = version + 1 WHERE id = ?",
                (language, theme, hand, account),
            )

        await self._db.write(update)


def normal_login(login: str) -> str:
    """A login as compared: full-width letters, capitals and blanks around it don't matter."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def check_password(password: str, login: str) -> None:
    """Raise AccountError (`password_short`, `_long`, `_common`, `_login`) for what may not be a password."""
    weak = weakness(password, normal_login(login))
    if weak:
        raise AccountError(f"password_{weak}", _WEAK[weak])


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise AccountError("no_name", "an account needs the person's name")
    return name[:MAX_NAME]


def _account(row: sqlite3.Row) -> Account:
    return Account(
        id=row[0], login=row[1], name=row[2], role=row[3], disabled=row[4] is not None, invited=bool(row[5])
    )


async def _one(connection: Connection, sql: str, *params: object) -> sqlite3.Row | None:
    async with connection.execute(sql, params) as cursor:
        return await cursor.fetchone()


async def _keep_an_admin(connection: Connection, *, was: str) -> None:
    """Raise AccountError where an admin was lost and nobody who can sign in is left to administer."""
    sql = (
        "SELECT 1 FROM accounts WHERE role = 'admin' AND disabled_at IS NULL AND password_hash <> '' LIMIT 1"
    )
    if was == "admin" and await _one(connection, sql) is None:
        raise AccountError("last_admin", "this is the last administrator; make somebody else one first")


async def _set_password(connection: Connection, account: str, password_hash: str, *, but: str = "") -> None:
    """Inside a write: the new password, and the end of every device except the session `but`."""
    now = int(time.time())
    await connection.execute(
        "UPDATE accounts SET password_hash = ?, version = version + 1 WHERE id = ?", (password_hash, account)
    )
    await stop_devices(connection, account, now, but=but)
    await end_links(connection, now, "invite", "reset", account=account)
