"""Long work that somebody asked for, so that it is begun again wherever it was broken off."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from custodiet.web.store.models.numbered import Numbered


class Job(Numbered):
    """One piece of work on a body; one at a time is done for each body."""

    counted = "jobs_asked"

    kind = models.CharField(max_length=20)
    """A word of `web.jobs.kinds`."""
    asked_by = models.CharField(max_length=254)
    """Address of the person, or name of the token."""
    at = models.DateTimeField()
    """When it was asked for."""
    wanted = models.TextField()
    """What exactly, as JSON; its kind knows the form."""
    state = models.CharField(max_length=10)
    """``drafted`` (not asked for yet), ``waiting``, ``running``, ``done``, ``failed`` or ``stopped``."""
    doing = models.TextField(blank=True)
    """What is being done, in words."""
    thousandths = models.IntegerField(default=0)
    """How much of it is done."""
    claim = models.CharField(max_length=32, blank=True)
    """Of the worker that has it: who has lost it can change nothing any more."""
    heartbeat = models.DateTimeField(null=True)
    """When that worker was last heard of."""
    begun = models.IntegerField(default=0)
    """How many times a worker began it."""
    stop = models.BooleanField(default=False)
    """Somebody asked to stop it."""
    result = models.TextField(blank=True)
    """What came of it, as JSON; its kind knows the form."""
    reason = models.TextField(blank=True)
    """What went wrong."""
    next_step = models.TextField(blank=True)
    """What can be done about it."""
    ended = models.DateTimeField(null=True)

    class Meta(Numbered.Meta):
        db_table = "job"
        indexes = [
            models.Index(fields=["body", "id"], name="job_body"),
            models.Index(fields=["state", "id"], name="job_state"),
        ]
        constraints = [
            *Numbered.Meta.constraints,
            models.UniqueConstraint(fields=["body"], condition=Q(state="running"), name="one_running_in_a_body"),
        ]
