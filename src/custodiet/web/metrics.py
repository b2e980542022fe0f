"""Numbers of this process in the text form that Prometheus reads, for this machine and who has the token for it."""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import path

from custodiet.web.config import HERE

_lock = threading.Lock()
_answers: Counter[str] = Counter()
_seconds: defaultdict[str, float] = defaultdict(float)


class Counted:
    """Middleware that counts answers and how long they took; it comes first, so that it sees all of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self._next(request)
        kind, took = f"{response.status_code // 100}xx", time.perf_counter() - begun
        with _lock:
            _answers[kind] += 1
            _seconds[kind] += took
        return response


def metrics(request: HttpRequest) -> HttpResponse:
    """What a monitor asks, on this machine or with the token; for all others it is not there. It names no body."""
    if not (_near(request) or _known(request)):
        raise Http404
    with _lock:
        answers = {f'status="{kind}"': float(number) for kind, number in _answers.items()}
        seconds = {f'status="{kind}"': took for kind, took in _seconds.items()}
    told = _lines("answers_total", "counter", "Answers by kind of status.", answers)
    told += _lines("answers_seconds_total", "counter", "Time they took.", seconds)
    told += _lines("processor_seconds_total", "counter", "Of this process.", {"": time.process_time()})
    told += _lines("process_id", "gauge", "Changes where the server began anew.", {"": os.getpid()})
    told += _tables()
    return HttpResponse("\n".join(told) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _near(request: HttpRequest) -> bool:
    """Whether it came from this machine, and not through a proxy on it that nobody told us of."""
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    host, _ = split_domain_port(request.get_host())
    return near and host in HERE


def _known(request: HttpRequest) -> bool:
    token = settings.CUSTODIET.metrics_token
    told = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(told.encode(), f"Bearer {token}".encode())


def _tables() -> list[str]:
    from custodiet.web.store.models import Delivery, Job

    try:
        jobs = dict(Job.objects.values_list("state").annotate(Count("pk")).order_by())
        messages = {state: Delivery.objects.filter(state=state).count() for state in ("failed", "waiting")}
    except DatabaseError:
        return _lines("database_answers", "gauge", "Whether it does.", {"": 0})
    told = _lines("database_answers", "gauge", "Whether it does.", {"": 1})
    told += _lines("jobs", "gauge", "Long work by state.", {f'state="{state}"': n for state, n in jobs.items()})
    says = "To people and programs: those that wait, and those that were given up (failed)."
    return told + _lines("messages", "gauge", says, {f'state="{state}"': n for state, n in messages.items()})


def _lines(name: str, kind: str, says: str, values: dict[str, float]) -> list[str]:
    """One measure; labels are words of ours."""
    name = f"custodiet_{name}"
    rows = [f"{name}{{{label}}} {value}" if label else f"{name} {value}" for label, value in sorted(values.items())]
    return [f"# HELP {name} {says}", f"# TYPE {name} {kind}", *rows]


ADDRESSES = [path("metrics", metrics, name="metrics")]
