"""Accounts that a user may charge jobs to."""

from typing import NamedTuple

from braid.cluster.ask import ask


class Association(NamedTuple):
    """An account of a user, perhaps for one partition alone."""

    account: str
    partition: str
    """Empty: for all."""
    submitted: int | None
    """Most jobs that may be in the queue at a time; None without a limit."""


class Accounts(NamedTuple):
    """What the database says of a user."""

    default: str
    """Charged when a job names none; may be empty."""
    associations: list[Association]

    @property
    def names(self) -> list[str]:
        """Accounts that may be charged."""
        return list(dict.fromkeys(one.account for one in self.associations))


def survey(user: str) -> Accounts:
    """Ask for the accounts of a user.

    Raises
    ------
    BadInput
        When the database does not answer.
    """
    words = ("sacctmgr", "--noheader", "--parsable2", "show")
    default = ask((*words, "user", user, "format=defaultaccount"))
    said = ask((*words, "assoc", "where", f"user={user}", "format=account,partition,maxsubmit"))
    return Accounts(default.strip(), associations(said))


def associations(said: str) -> list[Association]:
    """Read lines of account, partition and most jobs submitted."""
    rows = (line.split("|") for line in said.splitlines() if line)
    return [Association(name, part, int(most) if most else None) for name, part, most in rows]
