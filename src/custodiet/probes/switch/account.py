"""What the owner gives so that a switch answers: a community (version 2c) or an account (version 3).

Words come from a file, from the environment or from a prompt that shows nothing, never from the command line, which
other users of a machine can read. They are shown by nothing here: not by ``repr``, not by an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from custodiet.errors import UsageError
from custodiet.probes.switch.keys import HASHES, PRIVACY

LONGEST = 256
"""Bytes of a word at most."""


class Community:
    """Version 2c: one word, sent in clear.

    Args:
        word: what the owner gave.
    """

    def __init__(self, word: bytes) -> None:
        self.word = word

    def secrets(self) -> tuple[bytes, ...]:
        """What must not be written anywhere."""
        return (self.word,)

    def __repr__(self) -> str:
        return "Community(not shown)"


class Account:
    """Version 3: a user who proves that he has a key, and encrypts with another; neither is sent.

    Args:
        user: his name.
        auth: name of the hash, of `HASHES`.
        auth_word: the pass phrase of the proof; empty: nothing is proved.
        priv: name of the cipher, of `PRIVACY`.
        priv_word: the pass phrase of the encryption; empty: nothing is encrypted.

    Raises:
        UsageError: a hash or cipher that is not known, or encryption without proof.
    """

    def __init__(
        self, user: str, auth_word: bytes = b"", priv_word: bytes = b"", *, auth: str = "sha", priv: str = "aes"
    ) -> None:
        for given, known in ((auth, HASHES), (priv, PRIVACY)):
            if given not in known:
                raise UsageError(f"{given[:20]!r} is not known", next_step=f"Use one of {', '.join(known)}.")
        if not 0 < len(user.encode()) <= 32:
            raise UsageError("the user of SNMP version 3 has a name of 1 to 32 bytes")
        if priv_word and not auth_word:
            raise UsageError(
                "SNMP version 3 encrypts only for users who prove who they are",
                next_step="Give the pass phrase of the proof too: --auth-file FILE.",
            )
        self.user = user.encode()
        self.auth, self.auth_word = auth, auth_word
        self.priv, self.priv_word = priv, priv_word

    def secrets(self) -> tuple[bytes, ...]:
        """What must not be written anywhere."""
        return tuple(word for word in (self.auth_word, self.priv_word) if word)

    def __repr__(self) -> str:
        return "Account(not shown)"


def word_of(
    what: str, *, file: Path | None, variable: str, environment: Mapping[str, str], ask: Callable[[str], str] | None
) -> bytes:
    """A word of the owner: out of the file where one is named, else of the environment, else asked for.

    Args:
        what: what it is, for people.
        file: its first line is the word.
        variable: name of the variable in the environment.
        environment: of the process.
        ask: shows a question and reads the answer without showing it; none: nobody is there.

    Raises:
        UsageError: there is none, or none that can be one; it says nothing of what it found.
    """
    if file is not None:
        try:
            with file.open("rb") as opened:
                word = (opened.readline(LONGEST + 2).splitlines() or [b""])[0]
        except OSError as fault:
            raise UsageError(
                f"the file of {what} cannot be read", place=str(file), next_step="Look at its rights and its name."
            ) from fault
    elif variable in environment:
        word = environment[variable].encode("utf-8", "surrogateescape")
    elif ask is not None:
        word = ask(what).encode("utf-8", "surrogateescape")
    else:
        raise UsageError(f"{what} is missing", next_step=f"Put it into a file or into the variable {variable}.")
    if not 0 < len(word) <= LONGEST or any(octet < 32 for octet in word):
        raise UsageError(
            f"{what} is empty, longer than {LONGEST} bytes or no line of text",
            place=str(file) if file else "",
            next_step="Ask whoever runs the switch.",
        )
    return word
