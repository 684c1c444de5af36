"""``make load-test``: the whole platform under steady load for half an hour, then under twice what it can take.

The collector's peak is measured at the start, on this machine, with everything else running. Then 70 % of it for
``--minutes``, with ticks each minute and ten people at the dashboard's questions; then twice the peak for
``--overload`` seconds; then 70 % again. At the end every acknowledged event is looked for in the warehouse. An event
takes about 2 KB of disk, lake and warehouse together; ``--rate`` is for machines that cannot hold so many.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.load.platform import Held, Platform, running
from bench.load.sender import Sender, Sent
from bench.load.users import Users

SHARE = 0.7
USERS = 10
TICK_SECONDS = 60
WARM_UP_SECONDS = 90  # in which each program has done all that it does once, a tick above all
SAMPLE_SECONDS = 10
PEAK_SECONDS = 10
BACK_TO_NORMAL_SECONDS = 10
_CONNECTIONS = 128
_CONNECTIONS_OF_A_CROWD = 3000
_NO_PROGRESS_SECONDS = 300


@dataclass(frozen=True)
class Sample:
    """Ten seconds of steady load, of which each was reported by itself."""

    seconds: list[Sent]
    held: dict[str, Held]
    database_connections: int
    behind_seconds: float  # of sending: what is acknowledged and not yet loaded
    users_ms: float


@dataclass(frozen=True)
class Outcome:
    """What the run gave. ``acknowledged`` and ``times`` have a byte for each event: whether, and how often loaded."""

    samples: list[Sample]
    overload: Sent
    after: list[Sent]
    acknowledged: bytes
    times: bytes
    failures: list[str]


Row = tuple[str, str, bool]  # a promise, what was found, whether it was kept


def main() -> int:
    """Run, print, judge; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(prog="make load-test", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="of steady load (30)")
    parser.add_argument("--overload", type=int, default=120, help="seconds of twice the peak (120)")
    parser.add_argument("--share", type=float, default=SHARE, help="of the peak, for the steady load (0.7)")
    parser.add_argument("--rate", type=float, help="events a second, instead of a share of the peak")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the platform is stopped and its folder removed
    run = random.SystemRandom().getrandbits(32)
    with tempfile.TemporaryDirectory(prefix="clickstream-load-") as folder, running(Path(folder), TICK_SECONDS) as up:
        with Sender(up.home.ports["collector"], run) as sender, Users(USERS, up.client) as users:
            sender.at_most(_CONNECTIONS)
            time.sleep(2)
            acknowledged_before = sender.report().fates["200"]
            time.sleep(PEAK_SECONDS)
            found = sender.report()
            acknowledged_before += found.fates["200"]
            peak = found.fates["200"] / found.seconds
            rate = options.rate or options.share * peak
            _say(f"peak {peak:,.0f} requests/s; steady load {rate:,.0f}, {options.minutes:g} minutes")
            sender.at(rate, _CONNECTIONS)
            time.sleep(WARM_UP_SECONDS)
            acknowledged_before += sender.report().fates["200"]
            samples = _steady(up, sender, users, options.minutes, acknowledged_before)
            _say(f"overload: {2 * peak:,.0f} requests/s, {options.overload} s")
            sender.at(2 * peak, _CONNECTIONS_OF_A_CROWD)
            time.sleep(options.overload)
            overload = sender.report()
            sender.at(rate, _CONNECTIONS)
            after = _seconds_of(sender, BACK_TO_NORMAL_SECONDS + 5)
            for number, second in enumerate(after, 1):
                _say(f"{number} s after: {_fates(second)}  p99 {second.p99_ms:.1f} ms")
            sender.at(0, 0)
            time.sleep(6)
            acknowledged = sender.acknowledged()
        times = _loaded(up, run, acknowledged)
        return _judge(Outcome(samples, overload, after, acknowledged, times, users.failures))


def _steady(up: Platform, sender: Sender, users: Users, minutes: float, acknowledged: int) -> list[Sample]:
    samples: list[Sample] = []
    for number in range(round(minutes * 60 / SAMPLE_SECONDS)):
        seconds = _seconds_of(sender, SAMPLE_SECONDS)
        answered = sum(each.fates["200"] for each in seconds)
        acknowledged += answered
        behind = (acknowledged - up.events_loaded()) * sum(each.seconds for each in seconds) / max(1, answered)
        sample = Sample(seconds, up.held(), up.database_connections(), behind, users.slowest_ms())
        samples.append(sample)
        held = "  ".join(
            f"{name} {it.rss_mib:.0f} MiB {it.files} files {it.connections} connections"
            for name, it in sample.held.items()
        )
        _say(
            f"{(number + 1) * SAMPLE_SECONDS:5} s  {_fates(*seconds)}  "
            f"p50 {median(each.p50_ms for each in seconds):.1f} p99 {median(_p99s([sample])):.1f} ms, at most "
            f"{max(_p99s([sample])):.1f}  warehouse {sample.behind_seconds:.0f} s behind  {held}  "
            f"database {sample.database_connections} connections  slowest question {sample.users_ms:.0f} ms"
        )
    return samples


def _seconds_of(sender: Sender, count: int) -> list[Sent]:
    found = []
    for _ in range(count):
        time.sleep(1)
        found.append(sender.report())
    return found


def _loaded(up: Platform, run: int, acknowledged: bytes) -> bytes:
    """How often each event is in the warehouse, once all that were acknowledged are, or nothing moves any more."""
    wanted, last, moved = sum(acknowledged), -1, time.monotonic()
    while True:
        loaded = up.events_loaded()
        _say(f"{wanted:,} events were acknowledged, {loaded:,} are loaded")
        if loaded != last:
            last, moved = loaded, time.monotonic()
        stands_still = time.monotonic() - moved > _NO_PROGRESS_SECONDS
        if loaded >= wanted or stands_still:
            times = up.times_loaded(run, len(acknowledged))
            if stands_still or all(count for mark, count in zip(acknowledged, times, strict=True) if mark):
                return times
        time.sleep(SAMPLE_SECONDS)


def _judge(found: Outcome) -> int:
    rows = [*_steady_rows(found.samples, found.failures), *_overload_rows(found), *_loaded_rows(found)]
    print()
    for promise, what, kept in rows:
        print(f"  {promise:<56} {what:>48}   {'ok' if kept else 'BROKEN'}")
    return 0 if all(kept for *_, kept in rows) else 1


def _steady_rows(samples: list[Sample], failures: list[str]) -> list[Row]:
    third = max(1, len(samples) // 3)
    first, last = samples[:third], samples[-third:]
    refused = sum(second.fates.total() - second.fates["200"] for each in samples for second in each.seconds)
    rows = [("steady: every request is answered with 200", f"{refused} were not", refused == 0)]
    rows += [("steady: every question of the dashboard is answered", f"{len(failures)} were not", not failures)]
    for name in samples[0].held:
        for what, slack, unit in (
            ("rss_mib", 20.0, "MiB"),
            ("files", 10, "files"),
            ("connections", _CONNECTIONS, "connections"),
        ):
            before, now = (max(getattr(each.held[name], what) for each in part) for part in (first, last))
            rows.append((f"steady: {name}", f"{before:.0f} -> {now:.0f} {unit}", now <= before * 1.1 + slack))
    before, now = (max(each.database_connections for each in part) for part in (first, last))
    rows.append(("steady: connections of the database", f"{before} -> {now}", now <= before + 5))
    before, now = (max(each.behind_seconds for each in part) for part in (first, last))
    kept = now <= before + 1.5 * TICK_SECONDS
    rows.append(("steady: the warehouse is behind by", f"{before:.0f} -> {now:.0f} s of sending", kept))
    before, now = (median(_p99s(part)) for part in (first, last))
    rows.append(("steady: p99 of a second", f"{before:.1f} -> {now:.1f} ms", now <= before * 1.5 + 5))
    return rows


def _overload_rows(found: Outcome) -> list[Row]:
    told = {"200", "503", "connection lost", "not sent"}
    fates, after = found.overload.fates, found.after
    refused = fates["503"] > 0 and told.issuperset(fates)
    normal = median(_p99s(found.samples)) * 3 + 20
    back = next((n for n in range(1, len(after) + 1) if all(_is_normal(each, normal) for each in after[n - 1 :])), None)
    when = f"after {back} s" if back else f"not within {len(after)} s"
    kept = back is not None and back <= BACK_TO_NORMAL_SECONDS
    return [
        ("twice the peak: answered or refused", _fates(found.overload), refused),
        (f"afterwards: p99 of a second <= {normal:.0f} ms within 10 s", when, kept),
    ]


def _loaded_rows(found: Outcome) -> list[Row]:
    lost = sum(1 for mark, count in zip(found.acknowledged, found.times, strict=True) if mark and not count)
    twice = sum(1 for count in found.times if count > 1)
    acknowledged = sum(found.acknowledged)
    return [
        ("acknowledged events that are not in the warehouse", f"{lost:,} of {acknowledged:,}", lost == 0),
        ("events that are there more than once", f"{twice:,}", twice == 0),
    ]


def _is_normal(sent: Sent, p99_ms: float) -> bool:
    return set(sent.fates) == {"200"} and sent.p99_ms <= p99_ms


def _p99s(samples: list[Sample]) -> list[float]:
    return [second.p99_ms for each in samples for second in each.seconds]


def _fates(*sent: Sent) -> str:
    """Counts by fate, a second."""
    seconds, fates = sum(each.seconds for each in sent), sum((each.fates for each in sent), Counter[str]())
    return ", ".join(f"{fate}: {count / seconds:,.0f}/s" for fate, count in sorted(fates.items()))


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
