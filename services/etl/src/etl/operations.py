"""What an operator has the function do by hand: migrate the warehouse, tell how it stands."""

from dataclasses import dataclass

from aws_lambda_powertools import Logger

from etl.errors import NotConfiguredError
from etl.settings import Settings
from warehouse.connect import connected
from warehouse.standing import Standing, read_standing

# A reader's statement ends after 30 seconds at the latest; a try waits five for it, and pauses two.
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Migrated:
    """A migration: revision of the tables before and after, and what was done, a line each."""

    before: str | None
    after: str | None
    steps: list[str]


class WarehouseOperations:
    """Operations on the warehouse of the settings."""

    def __init__(self, settings: Settings, logger: Logger) -> None:
        self._settings = settings
        self._logger = logger

    def migrate(self) -> Migrated:
        """Bring the warehouse to this version, as its owner; safe while the ETL is live.

        Raises:
            NotConfiguredError: the owner's URL is not set.
            WarehouseUnavailableError, LockedError: it could not be done now; the same call may succeed later.
            MigrationError: a step failed; nothing was changed.
        """
        if self._settings.warehouse_owner_url is None:
            raise NotConfiguredError("to migrate, this function needs CLICKSTREAM_WAREHOUSE_OWNER_URL")
        from warehouse.migrate import migrate  # noqa: PLC0415 -- Alembic takes a second of a start; loading does without

        owner_url = self._settings.warehouse_owner_url.get_secret_value()
        before = self._standing(owner_url).revision
        steps = migrate(owner_url, self._settings.role_passwords, self._settings.site_time_zone, tries=_TRIES)
        after = self._standing(owner_url).revision
        self._logger.info("etl.warehouse.migrated", extra={"before": before, "after": after, "steps": steps})
        return Migrated(before, after, steps)

    def standing(self) -> tuple[Standing, str]:
        """How the warehouse stands, and the revision that this version needs.

        Raises:
            WarehouseUnavailableError: nobody answers, or the role cannot log in yet.
        """
        from warehouse.migrate import head_revision  # noqa: PLC0415 -- same

        return self._standing(self._settings.warehouse_url), head_revision()

    def _standing(self, url: str) -> Standing:
        with connected(url, "clickstream-etl-operations") as connection, connection.cursor() as cursor:
            return read_standing(cursor, self._settings.look_back)
