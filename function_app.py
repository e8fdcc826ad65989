"""Registers the blueprints; nothing else. The platform wants this file beside host.json."""

import azure.durable_functions as df
import azure.functions as func

from functions.blueprints import backup, http, restore, upkeep

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(backup.bp)
app.register_functions(restore.bp)
app.register_functions(upkeep.bp)
app.register_functions(http.bp)
