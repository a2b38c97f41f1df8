"""The database's versions, oldest first. Each runs on SQLite (in batches) and on PostgreSQL unchanged."""
