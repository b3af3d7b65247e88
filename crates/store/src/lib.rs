//! Schema, migrations and queries.
