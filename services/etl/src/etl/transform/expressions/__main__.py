"""``python -m etl.transform.expressions``: compiles the expressions into transform/compiled."""

import sys

from etl.transform.expressions.compiling import compiled, folder


def main() -> int:
    """Write the files anew."""
    for file in folder().glob("*.sql"):
        file.unlink()
    for name, query in compiled().items():
        (folder() / f"{name}.sql").write_bytes(query.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
