"""What is counted, in Prometheus' form. No label holds anything of a person."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self.updates = Counter("aftercare_updates", "Updates taken", ["kind"], registry=r)
        self.repeats = Counter("aftercare_repeats", "Updates that were done before", registry=r)
        self.replies = Counter("aftercare_replies", "Replies by level", ["level"], registry=r)
        self.latency = Histogram(
            "aftercare_answer_seconds", "From taking an update to its accepted reply",
            buckets=_SECONDS, registry=r,
        )  # fmt: skip
        self.retries = Counter("aftercare_retries", "Repeated sends", ["reason"], registry=r)
        self.errors = Counter("aftercare_errors", "Faults of ours", ["where"], registry=r)
        self.waiting = Gauge("aftercare_waiting", "Updates in hand", registry=r)
        self.age = Gauge("aftercare_queue_age_seconds", "Age of the oldest in hand", registry=r)
        self.polled = Gauge("aftercare_poll_age_seconds", "Since the last poll", registry=r)
        self.aside = Gauge("aftercare_set_aside", "Confirmed and not answered", registry=r)
        self.store_up = Gauge("aftercare_store_up", "1 if the store works", registry=r)
        self.unasked = Counter(
            "aftercare_without_store", "Updates answered without the store", registry=r
        )
        self.store_failures = Gauge("aftercare_store_failures", "Since the start", registry=r)
        self.reminders = Counter("aftercare_reminders", "Reminders sent", registry=r)
        self.feedback = Counter("aftercare_feedback", "Taps on feedback", ["name"], registry=r)
        self.reloads = Counter("aftercare_reloads", "Knowledge reloads", ["result"], registry=r)
        self.memory = Gauge("aftercare_resident_bytes", "Memory of the process", registry=r)
        self._knowledge = Gauge(
            "aftercare_knowledge", "Knowledge in use", ["version", "date"], registry=r
        )

    def knowledge(self, version: str, date: str) -> None:
        """The version in use; the one before is no longer shown."""
        self._knowledge.clear()
        self._knowledge.labels(version, date).set(1)

    def page(self) -> bytes:
        """All of it as text."""
        self.memory.set(resident())
        return generate_latest(self.registry)


def resident() -> int:
    """Bytes of memory in use; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - no real file
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
