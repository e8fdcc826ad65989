"""Durable orchestrations on one machine: the replay protocol of azure-functions-durable 1.7, with history in SQLite."""
