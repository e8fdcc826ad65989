"""The trail of writes: every call that is not a read, as it arrived and what the tenant did (0: a fault kept it away).

Tests read it through the admin surface to prove that no write happened twice.
"""

import hashlib
from typing import Any

from local.tenant.database import Database


class Audit:
    def __init__(self, database: Database) -> None:
        self._sql = database.sql

    def write(
        self,
        at: str,
        method: str,
        path: str,
        status: int,
        body: str,
        *,
        request_id: str,
        client_request_id: str,
        in_batch: bool,
        fault: str,
    ) -> None:
        self._sql.execute(
            "INSERT INTO audit (at, method, path, status, body, request_id, client_request_id, in_batch, fault) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (at, method, path, status, body, request_id, client_request_id, int(in_batch), fault),
        )

    def after(self, number: int) -> list[dict[str, Any]]:
        found = self._sql.execute(
            "SELECT number, at, method, path, status, body, request_id, client_request_id, in_batch, fault "
            "FROM audit WHERE number > ? ORDER BY number",
            (number,),
        )
        return [
            {
                "number": row[0],
                "at": row[1],
                "method": row[2],
                "path": row[3],
                "status": row[4],
                "body": row[5],
                "bodySha256": hashlib.sha256(row[5].encode()).hexdigest(),
                "requestId": row[6],
                "clientRequestId": row[7],
                "inBatch": bool(row[8]),
                "fault": row[9],
            }
            for row in found
        ]

    def clear(self) -> None:
        self._sql.execute("DELETE FROM audit")
