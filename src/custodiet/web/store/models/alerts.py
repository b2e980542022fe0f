"""What is told to people and programs elsewhere, who wants to hear it, and what became of each message."""

from __future__ import annotations

from django.db import models

from custodiet.web.store.models.bodies import Body
from custodiet.web.store.models.numbered import Numbered
from custodiet.web.store.models.people import Person


class Alert(models.Model):
    """Something worth telling, written in the transaction of what it tells."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    at = models.DateTimeField()
    event = models.CharField(max_length=20)
    """A word of `alerts.topics.Event`: what brought it."""
    key = models.CharField(max_length=80)
    """What it tells of: the same is told once."""
    parts = models.TextField()
    """What there is to tell, as JSON: `alerts.topics.Part`, one a topic."""

    class Meta:
        db_table = "alert"
        indexes = [models.Index(fields=["body", "number"], name="alert_body")]
        constraints = [models.UniqueConstraint(fields=["body", "key"], name="told_once")]


class Wish(models.Model):
    """What a person wants to hear of a body by e-mail; without a row, nothing."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    body = models.ForeignKey(Body, on_delete=models.CASCADE)
    topics = models.TextField()
    """Words of `alerts.topics.TOPICS`, parted by blanks."""

    class Meta:
        db_table = "wish"
        constraints = [models.UniqueConstraint(fields=["person", "body"], name="one_wish_in_a_body")]


class Webhook(Numbered):
    """An address elsewhere to which what happens in a body is sent."""

    address = models.TextField()
    topics = models.TextField()
    """As `Wish.topics`."""
    secret = models.BinaryField()
    """By which messages are signed; sealed."""
    language = models.CharField(max_length=5)
    """Of the sentence for people in each message."""
    who = models.TextField()
    """Address of the person who set it up."""
    at = models.DateTimeField()
    removed = models.DateTimeField(null=True)
    """When somebody took it away; none: it works."""

    class Meta(Numbered.Meta):
        db_table = "webhook"


class Delivery(models.Model):
    """One message to one person or one webhook: waiting, or what became of it."""

    number = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, db_index=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, null=True)
    id = models.CharField(max_length=32, unique=True)
    """The same for each try, so that whoever gets it twice can tell."""
    own = models.TextField(blank=True)
    """What is told to them alone, as `Alert.parts`."""
    state = models.CharField(max_length=10, default="waiting")
    """``waiting``, ``sent``, ``failed`` (given up) or ``dropped`` (they may not or do not want to hear it any more)."""
    tries = models.IntegerField(default=0)
    due = models.DateTimeField()
    """When it is tried next; who tries it puts this off first, so that nobody else does meanwhile."""
    claim = models.CharField(max_length=32, blank=True)
    """Of the worker that tries it: who has lost it can change nothing any more."""
    came = models.CharField(max_length=40, blank=True)
    """What the last try came to, a code of `outside`; empty: none was made, or all is well."""
    ended = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        indexes = [
            models.Index(fields=["body", "number"], name="delivery_body"),
            models.Index(fields=["state", "due"], name="delivery_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["alert", "person"], name="once_to_a_person"),
            models.UniqueConstraint(fields=["alert", "webhook"], name="once_to_a_webhook"),
        ]


class Looked(models.Model):
    """The last day on which a body was looked at for what comes with time."""

    body = models.TextField(primary_key=True)
    """Its id."""
    day = models.CharField(max_length=10)
    """ISO 8601 date."""

    class Meta:
        db_table = "looked"
