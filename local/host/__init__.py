"""A Functions host for a laptop and for tests; the worker library that runs in Azure indexes, binds and calls the app.

HTTP and timer triggers, durable orchestrations with history in SQLite, the management and administration routes.
Run it with `python -m local.host`. In Azure the Functions runtime and its Durable extension do this work, across
machines.

What it does not have: entities, durable HTTP calls, rewind, function timeouts, access keys, bindings other than HTTP,
timer and durable ones.
"""
