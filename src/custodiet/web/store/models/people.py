"""People who sign in, and the links by which they do so for the first time."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class People(BaseUserManager):
    """How people are found and made."""

    def get_by_natural_key(self, username: str) -> Person:
        """A person by the address they sign in with; case does not matter."""
        return self.get(email=username.strip().lower())


class Person(AbstractBaseUser):
    """Somebody who signs in."""

    email = models.EmailField(unique=True)
    """In lower case; what they sign in with."""
    name = models.CharField(max_length=200)
    """As it stands beside what they did."""
    language = models.CharField(max_length=5, blank=True)
    """In which pages are written for them; empty: as their browser asks."""
    spoken = models.CharField(max_length=5, blank=True)
    """In which they last sent a form, as their browser asked: what is sent to them has no browser to ask."""
    administrator = models.BooleanField(default=False)
    """Makes bodies and gives roles in them; sees no device by that alone."""
    is_active = models.BooleanField(default=True)
    """False: may not sign in any more; what they did stays theirs."""
    subject = models.TextField(null=True, unique=True)
    """How the issuer of the organisation's accounts calls them, behind its own name; none: they never came by it."""
    since = models.DateTimeField(auto_now_add=True)
    """When the account was made."""

    USERNAME_FIELD = "email"
    objects = People()

    class Meta:
        db_table = "person"


class Link(models.Model):
    """A link that works once: for a first password, or a new one."""

    digest = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of what stands in the link; the link itself is kept nowhere."""
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    until = models.DateTimeField()
    """When it stops working."""
    used = models.DateTimeField(null=True)
    """When it was used."""

    class Meta:
        db_table = "link"
