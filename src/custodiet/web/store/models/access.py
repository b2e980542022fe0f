"""How people and programs show who they are: what is kept of second factors, sessions, tokens and failed tries.

No table here holds anything that lets somebody in who reads it: a code or token stands as its digest, the secret of an
app that makes codes is sealed with a key that is not in the database, a passkey is kept as its public half.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from custodiet.web.store.models.numbered import Numbered
from custodiet.web.store.models.people import Person


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in, or is about to."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sessions")
    """Who is signed in; none before they are."""

    class Meta:
        db_table = "session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """What reads and writes these rows."""
        from custodiet.web.accounts.sessions import SessionStore

        return SessionStore


class Tried(models.Model):
    """Tries to sign in that failed, by what they were aimed at or where they came from."""

    key = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the account or the address of origin: what people type here is not kept."""
    failed = models.IntegerField(default=0)
    """How many in a row."""
    last = models.DateTimeField(db_index=True)
    """When the last of them was."""

    class Meta:
        db_table = "tried"


class Codes(models.Model):
    """An app of a person that makes codes (RFC 6238)."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="codes")
    secret = models.BinaryField()
    """What the app and we both know, sealed."""
    step = models.BigIntegerField(default=0)
    """Of the last code that was used: neither it nor one before it works again."""
    since = models.DateTimeField()

    class Meta:
        db_table = "codes"


class Recovery(models.Model):
    """A code on paper, for when the phone is gone; it works once."""

    digest = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the code, which has 120 random bits; the code itself is kept nowhere."""
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recoveries")

    class Meta:
        db_table = "recovery"


class Passkey(models.Model):
    """A key that a device or a password manager of a person holds."""

    credential = models.TextField(unique=True)
    """Its id as the device gave it, in base64url."""
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="passkeys")
    public = models.BinaryField()
    """Its public half (SubjectPublicKeyInfo, DER)."""
    counter = models.BigIntegerField()
    """How often it was used, as the device counts; a device that does not count says 0."""
    label = models.CharField(max_length=80)
    """As its owner calls it."""
    since = models.DateTimeField()
    used = models.DateTimeField(null=True)
    """When somebody last signed in with it."""

    class Meta:
        db_table = "passkey"


class Token(Numbered):
    """By which a program asks for pages of one body and does deeds in it."""

    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token; the token itself is kept nowhere."""
    label = models.CharField(max_length=80)
    """As the log calls whoever uses it."""
    rights = models.CharField(max_length=80)
    """What it may do (`rights.Right`), words parted by blanks."""
    made_by = models.EmailField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    """When it stops working."""
    used = models.DateTimeField(null=True)
    """When it was last used, to the minute."""
    revoked = models.DateTimeField(null=True)
    """When it was taken back; none: it was not."""

    class Meta(Numbered.Meta):
        db_table = "token"
