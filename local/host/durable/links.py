"""The URLs of the management routes, as the Durable client gets them and as they are handed out for one instance.

In: the host's URL, the task hub, a key. Out: the JSON of a durableClient binding, and the links of an instance. The
client itself talks to `rpcBaseUrl` only; the rest is what it may show to a caller.
"""

import json
from urllib.parse import quote, urlencode

WEBHOOKS = "/runtime/webhooks/durabletask"
RPC = "/durabletask"
_PLACE = "INSTANCEID"


def _management(base: str, instance: str, query: str) -> dict[str, str]:
    one = f"{base}/instances/{instance}"
    return {
        "id": instance,
        "statusQueryGetUri": f"{one}?{query}",
        "sendEventPostUri": f"{one}/raiseEvent/{{eventName}}?{query}",
        "terminatePostUri": f"{one}/terminate?reason={{text}}&{query}",
        "rewindPostUri": f"{one}/rewind?reason={{text}}&{query}",
        "purgeHistoryDeleteUri": f"{one}?{query}",
        "restartPostUri": f"{one}/restart?{query}",
        "suspendPostUri": f"{one}/suspend?reason={{text}}&{query}",
        "resumePostUri": f"{one}/resume?reason={{text}}&{query}",
    }


class Links:
    """Links under one host."""

    def __init__(self, url: str, hub: str, key: str) -> None:
        self._url, self._hub = url, hub
        self._base = url + WEBHOOKS
        self._query = urlencode({"taskHub": hub, "connection": "AzureWebJobsStorage", "code": key})
        self._key = key

    def of(self, instance: str) -> dict[str, str]:
        """All links of an instance."""
        return {**_management(self._base, quote(instance, safe=""), self._query), "id": instance}

    def binding(self) -> str:
        """What a durableClient parameter receives."""
        start = f"{self._base}/orchestrators/{{functionName}}[/{{instanceId}}]"
        wait = "timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}"
        return json.dumps(
            {
                "taskHubName": self._hub,
                "connectionName": "AzureWebJobsStorage",
                "creationUrls": {
                    "createNewInstancePostUri": f"{start}?{self._query}",
                    "createAndWaitOnNewInstancePostUri": f"{start}?{wait}&{self._query}",
                },
                "managementUrls": _management(self._base, _PLACE, self._query),
                "baseUrl": self._base,
                "requiredQueryStringParameters": f"code={self._key}",
                "rpcBaseUrl": f"{self._url}{RPC}/",
                "httpBaseUrl": None,
            }
        )
