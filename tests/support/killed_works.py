"""The works that are killed: how each is set up, what is done, and what must be true in the end."""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
from alembic import command
from fault_scene import BROKEN_PRICE, NOW, PRICE, Scene
from fault_server import FaultDatabase, FaultServer
from postgres_proxy import PostgresProxy, Strike
from process_nursery import Ending, Nursery
from whole_tables import contents, differences, imbalances

from clickstream.home import OWNER
from lake import events_key, open_lake, window_of
from warehouse.connect import make_engine
from warehouse.migrate import alembic_config

WORKS = ("load", "retention", "replace", "replay", "migration", "time_zone")
_FIRST_REVISION = "2026_11_22_initial"
_OLD_NAME, _NEW_NAME = b'"name": "Laptop', b'"name": "Notebook'
_TRIES = 6


@dataclass
class Work:
    """One kind of work on copies of one warehouse, through a proxy that strikes."""

    name: str
    server: FaultServer
    nursery: Nursery
    proxy: PostgresProxy
    lake_url: str
    template: str
    order: dict[str, Any]

    def run(self, database: FaultDatabase, *, through_proxy: bool = True, **order: Any) -> Ending:
        """Do the work once."""
        via = self.proxy.url if through_proxy else str
        return self.nursery.run(
            **{
                "warehouse_url": via(database.role_url("clickstream_etl")),
                "owner_url": via(database.role_url()),
                "passwords": self.server.home.role_passwords,
                "lake_url": self.lake_url,
                "now": NOW.isoformat(),
                **self.order,
                **order,
            }
        )

    def clean(self) -> tuple[dict[str, list[str]], dict[str, list[str]], list[str]]:
        """What the warehouse is after the work without any fault, the same without receipts, and the work's points."""
        with self.server.database(self.template) as database:
            self.proxy.arm()
            ending = self.run(database)
            assert _succeeded(ending), ending
            points = list(self.proxy.points)
            self.finish(database)
            return contents(database), contents(database, any_receipt=True), points

    def struck(self, strike: Strike, expected: dict[str, list[str]], *, any_receipt: bool = False) -> list[str]:
        """Do the work with a strike, then to its end without; returns what is wrong, a line each."""
        with self.server.database(self.template) as database:
            before = self._halves(database)
            self.proxy.arm(strike)
            ending = self.run(database)
            where = self.proxy.struck
            self.proxy.arm()
            self.server.wait()
            wrong = [f"{each} right after" for each in imbalances(database)]
            wrong += self._torn(database, before)
            if strike.act is _CUT and self.order["action"] != "migrate" and not _succeeded(ending):
                wrong.append(f"the work did not go on by itself: {ending}")
            wrong += self.finish(database)
            wrong += imbalances(database)
            wrong += differences(expected, contents(database, any_receipt=any_receipt))
            return [f"{self.name}, point {strike.at} ({where}): {each}" for each in wrong]

    def finish(self, database: FaultDatabase) -> list[str]:
        """Do the work until nothing of it is left, and two ticks as the schedule would."""
        for _ in range(_TRIES):
            ending = self.run(database, through_proxy=False)
            if _succeeded(ending):
                break
        else:
            return [f"does not end well: {ending}"]
        if self.name in ("replace", "replay"):
            ending = self.run(database, through_proxy=False, action="tick")
            if not _succeeded(ending):
                return [f"the next tick: {ending}"]
            states = database.rows(
                "SELECT state, count(*) FROM etl.runs WHERE state IN ('running', 'queued') GROUP BY 1"
            )
            if states:
                return [f"runs are left: {states}"]
        return []

    def _halves(self, database: FaultDatabase) -> dict[Any, str]:
        if self.name != "replace":
            return {}
        return dict(
            database.rows(
                "SELECT ingest_window, md5(string_agg((to_jsonb(e) - 'object_id')::text, '' ORDER BY event_id))"
                " FROM clickstream_events e GROUP BY 1"
            )
        )

    def _torn(self, database: FaultDatabase, before: dict[Any, str]) -> list[str]:
        """Windows of a replace that are neither as they were nor as they will be."""
        if not before:
            return []
        now = self._halves(database)
        if not hasattr(self, "_replaced"):
            with self.server.database(self.template) as clean:
                self.run(clean, through_proxy=False)
                self._replaced = self._halves(clean)
        return [
            f"window {window} is torn"
            for window in {*before, *now}
            if now.get(window) not in (before.get(window), self._replaced.get(window))
        ]


def _CUT(_backend: int) -> None:  # noqa: N802 -- compared by identity, like a constant
    """Nothing but the cut that every strike ends with."""


CUT = _CUT


def _succeeded(ending: Ending) -> bool:
    if ending.signal is not None or ending.error is not None:
        return False
    return not ending.result or all(
        isinstance(each, str) or (each["state"] == "succeeded" and not each["left"]) for each in ending.result
    )


@contextmanager
def set_up(name: str, server: FaultServer, nursery: Nursery, folder: Path) -> Iterator[Work]:
    """One of ``WORKS``: its lake, the warehouse that it begins with, its proxy."""
    folder.mkdir(parents=True, exist_ok=True)
    lake_url, before_url = f"file://{folder}/lake", f"file://{folder}/before"
    for url, change in ((lake_url, _as_is), (before_url, _CHANGES.get(name, _as_is))):
        lake = open_lake(url)
        Scene().fill(lake, change)
        lake.close()
    proxy = PostgresProxy(server.home.ports["warehouse"])
    template = f"{name}_begins"
    with ExitStack() as stack:
        stack.callback(proxy.close)
        database = stack.enter_context(server.database("template0" if name == "migration" else "migrated", template))
        work = Work(name, server, nursery, proxy, lake_url, template, {"action": _ACTIONS[name]})
        if name == "migration":
            _of_the_first_revision(server, work, database)
        elif name != "load":
            if name == "retention":
                # Something is received in January: events of November go, those of December stay.
                january = NOW.replace(year=2027, month=1)
                work.order["now"] = january.isoformat()
                _put_one_line(before_url, lake_url, window=window_of(january))
            ending = work.run(database, through_proxy=False, action="tick", lake_url=before_url)
            assert _succeeded(ending), ending
        if name == "replace":
            work.order["batch_mib"] = 0.002  # two batches a window
        if name == "replay":
            database.rows("UPDATE etl.rejects SET line = replace(line, %s, %s)", (BROKEN_PRICE, PRICE))
        if name == "time_zone":
            work.order["time_zone"] = "Asia/Ho_Chi_Minh"
        if name == "retention":
            work.order["retention_months"] = 1
        yield work


def _put_one_line(*urls: str, window: datetime) -> None:
    for url in urls:
        lake = open_lake(url)
        lake.put_new_blocking(events_key(window, UUID(int=1, version=4), 1), gzip.compress(b"not json\n", mtime=0))
        lake.close()


_ACTIONS = {
    "load": "tick", "retention": "tick", "replace": "replace", "replay": "replay", "migration": "migrate",
    "time_zone": "migrate",
}  # fmt: skip


def _as_is(text: bytes) -> bytes:
    return text


_CHANGES = {
    "replace": lambda text: text.replace(_OLD_NAME, _NEW_NAME),
    "replay": lambda text: text.replace(PRICE.encode(), BROKEN_PRICE.encode()),
}


def _of_the_first_revision(server: FaultServer, work: Work, database: FaultDatabase) -> None:
    """The tables of the first release, with what a load of today put into those columns that there were."""
    engine = make_engine(database.role_url(), "test")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA etl")
        command.upgrade(alembic_config(connection), _FIRST_REVISION)
    engine.dispose()
    with server.database() as source:
        ending = work.run(source, through_proxy=False, action="tick")
        assert _succeeded(ending), ending
        months = source.rows("SELECT min(event_timestamp), max(event_timestamp) FROM clickstream_events")
        database.rows("SELECT etl.ensure_partitions(%s, %s)", months[0])
        columns = {name: dict(each.rows(_COLUMNS)) for name, each in (("old", database), ("new", source))}
        for table in columns["old"]:
            shared = [each for each in columns["old"][table] if each in columns["new"].get(table, [])]
            if shared and table not in ("etl.alembic_version", "public.site"):
                _copy(source.role_url(OWNER), database.role_url(OWNER), table, ", ".join(shared))
        zone = source.value("SELECT time_zone FROM site")
        database.rows("INSERT INTO site (time_zone) VALUES (%s) ON CONFLICT DO NOTHING", (zone,))


_COLUMNS = """
    SELECT n.nspname || '.' || c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname IN ('public', 'etl') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' GROUP BY 1"""


def _copy(source: str, target: str, table: str, columns: str) -> None:
    rows = BytesIO()
    with psycopg2.connect(source) as reading, reading.cursor() as cursor:
        cursor.copy_expert(f"COPY (SELECT {columns} FROM {table}) TO STDOUT", rows)
    reading.close()
    rows.seek(0)
    with psycopg2.connect(target) as writing, writing.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", rows)
    writing.close()
