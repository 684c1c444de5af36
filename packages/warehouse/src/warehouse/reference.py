"""``python -m warehouse.reference FILE``: writes the tables, columns and mart functions into the reference.

What stands between `<!-- NAME -->` and `<!-- end of NAME -->` in the file is made anew from the models' comments and
from the files of `mart/`; all else stays as it is.
"""

import re
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

from warehouse.tables import metadata

_TYPES = {"TIMESTAMP WITH TIME ZONE": "timestamptz", "NUMERIC(18, 4)": "numeric(18,4)", "TEXT[]": "text[]"}
_FUNCTION = re.compile(
    r"CREATE FUNCTION (?P<name>mart\.\w+)\s*\((?P<arguments>[^$]*?)\)\s*"
    r"(?:RETURNS\s+(?P<returns>TABLE\s*\(.*?\)|[\w.\[\] ]+?)\s*)?LANGUAGE",
    re.S,
)
_VIEW = re.compile(r"CREATE VIEW (?P<name>mart\.\w+)")
_COMMENT = re.compile(r"COMMENT ON (?:FUNCTION|VIEW) (?P<name>mart\.\w+)(?:\([^)]*\))? IS\s+'(?P<text>(?:[^']|'')*)'")


def main() -> int:
    """Rewrite the file that is named on the command line."""
    path = Path(sys.argv[1])
    path.write_text(rewritten(path.read_text("utf-8")), "utf-8")
    return 0


def rewritten(document: str) -> str:
    """The document with its generated parts made anew.

    Raises:
        ValueError: it lacks one of the parts.
    """
    parts = {"tables of public": tables("public"), "tables of etl": tables("etl"), "mart": mart()}
    for name, content in parts.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end of {name} -->)", re.S)
        if not pattern.search(document):
            raise ValueError(f"the document has no part <!-- {name} --> … <!-- end of {name} -->")
        document = pattern.sub(lambda found, content=content: f"{found[1]}{content}{found[2]}", document)  # type: ignore[misc]
    return document


def tables(schema: str) -> str:
    """Every table of a schema with its columns, as Markdown."""
    found = [table for table in metadata.sorted_tables if (table.schema or "public") == schema]
    return "\n".join(_table(table, schema) for table in sorted(found, key=lambda table: table.name))


def mart() -> str:
    """Every function and view of the schema `mart`, as Markdown."""
    sections = []
    for file in sorted(resources.files("warehouse").joinpath("mart").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".sql"):
            continue
        source = file.read_text("utf-8")
        comments = {found["name"]: found["text"].replace("''", "'") for found in _COMMENT.finditer(source)}
        for found in sorted([*_FUNCTION.finditer(source), *_VIEW.finditer(source)], key=lambda found: found.start()):
            sections.append(_question(found, comments))
    return "\n".join(sections)


def _question(found: re.Match[str], comments: dict[str, str]) -> str:
    name, parts = found["name"], found.groupdict()
    lines = [f"\n### `{name}`\n", f"{comments[name]}.\n"]
    if "arguments" in parts:
        inputs = [part for part in _split(parts["arguments"]) if not part.startswith("OUT ")]
        outputs = [part.removeprefix("OUT ") for part in _split(parts["arguments"]) if part.startswith("OUT ")]
        returns = _spaces(parts["returns"] or "")
        if returns.startswith("TABLE"):
            outputs = _split(returns.removeprefix("TABLE").strip()[1:-1])
        lines.append(f"- takes {_code(inputs) or 'nothing'}")
        lines.append(f"- gives {_code(outputs) or f'`{returns}`'}")
    return "\n".join(lines)


def _table(table: Table, schema: str) -> str:
    lines = [
        f"\n### `{table.name if schema == 'public' else table.fullname}`\n",
        f"{table.comment}.\n",
        "| column | type | null | what |",
        "|---|---|---|---|",
    ]
    lines += [_row(column) for column in table.columns]
    lines += ["", *(f"- {line}" for line in _keys(table))]
    return "\n".join(lines)


def _row(column: Column[object]) -> str:
    kind = column.type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]
    comment = (column.comment or "").replace("|", "\\|")
    return f"| `{column.name}` | {_TYPES.get(kind, kind.lower())} | {'yes' if column.nullable else ''} | {comment} |"


def _keys(table: Table) -> Iterator[str]:
    yield f"key: {_code([column.name for column in table.primary_key.columns])}"
    partitions = table.dialect_options["postgresql"]["partition_by"]
    if partitions:
        yield f"partitioned by `{partitions}`, one partition a month (UTC) in the schema `partitions`"
    for index in sorted(table.indexes, key=lambda index: index.name or ""):
        options = index.dialect_options["postgresql"]
        kind = "unique index" if index.unique else f"{(options['using'] or 'btree').upper()} index"
        where = f" where `{options['where']}`" if options["where"] is not None else ""
        yield f"{kind} `{index.name}` on {_code([str(part.name) for part in index.columns])}{where}"


def _split(arguments: str) -> list[str]:
    return [part for part in (_spaces(part) for part in re.split(r",(?![^(]*\))", arguments)) if part]


def _spaces(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _code(parts: list[str]) -> str:
    return ", ".join(f"`{part}`" for part in parts)


if __name__ == "__main__":
    sys.exit(main())
