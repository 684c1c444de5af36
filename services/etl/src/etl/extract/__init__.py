"""First stage: objects of the raw lake become one DuckDB table of lines, each parsed as far as it goes."""
