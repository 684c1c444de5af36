"""The PostgreSQL warehouse: tables, migrations, rebuilds, marts and roles."""

__version__ = "0.1.0"
