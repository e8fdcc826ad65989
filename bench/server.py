"""A Graph-shaped server of pre-rendered pages: `python -m bench.server --objects N`. Prints {"url": …} when ready.

It costs next to nothing per request, so that what is measured is the reader. Two kinds of users: `/v1.0/users` pages of
999 objects of about 3 KB. Nothing else is served.
"""

import argparse
import asyncio
import json
import random
import uuid

PAGE = 999


def user(index: int, random_: random.Random) -> dict[str, object]:
    """One user of about 3 KB with the properties a backup selects."""

    def guid() -> str:
        return str(uuid.UUID(int=random_.getrandbits(128), version=4))

    plans = [
        {
            "assignedDateTime": "2025-03-14T09:26:53Z",
            "capabilityStatus": "Enabled",
            "service": service,
            "servicePlanId": guid(),
        }
        for service in ("exchange", "SharePoint")
    ]
    upn = f"person{index}@contoso.example"
    return {
        "id": guid(),
        "accountEnabled": True,
        "ageGroup": None,
        "assignedLicenses": [{"disabledPlans": [], "skuId": guid()}],
        "assignedPlans": plans,
        "authorizationInfo": {"certificateUserIds": []},
        "businessPhones": [f"+43 1 555{index:06d}"],
        "city": random_.choice(("Wien", "Ljubljana", "Αθήνα", "東京", "São Paulo")),
        "companyName": "Contoso",
        "consentProvidedForMinor": None,
        "country": "Austria",
        "createdDateTime": "2021-02-03T04:05:06Z",
        "creationType": None,
        "deletedDateTime": None,
        "department": random_.choice(("Finance", "Research", "Vertrieb", "法務")),
        "displayName": f"Person Number {index} Müller-Østergård",
        "employeeHireDate": None,
        "employeeId": f"E{index:08d}",
        "employeeOrgData": {"costCenter": f"{index % 900:04d}", "division": "EMEA"},
        "employeeType": "Employee",
        "externalUserState": None,
        "externalUserStateChangeDateTime": None,
        "faxNumber": None,
        "givenName": f"Person{index}",
        "identities": [
            {"signInType": "userPrincipalName", "issuer": "contoso.onmicrosoft.example", "issuerAssignedId": upn}
        ],
        "imAddresses": [upn],
        "isManagementRestricted": None,
        "isResourceAccount": None,
        "jobTitle": "Specialist",
        "legalAgeGroupClassification": None,
        "lastPasswordChangeDateTime": "2026-05-06T07:08:09Z",
        "licenseAssignmentStates": [
            {
                "skuId": guid(),
                "disabledPlans": [],
                "assignedByGroup": guid(),
                "state": "Active",
                "error": "None",
                "lastUpdatedDateTime": "2026-01-02T03:04:05Z",
            }
        ],
        "mail": upn,
        "mailNickname": f"person{index}",
        "mobilePhone": f"+43 664 {index:07d}",
        "officeLocation": f"Building {index % 40}, floor {index % 9}",
        "onPremisesDistinguishedName": f"CN=Person {index},OU=People,DC=corp,DC=contoso,DC=example",
        "onPremisesDomainName": "corp.contoso.example",
        "onPremisesExtensionAttributes": {f"extensionAttribute{n}": None for n in range(1, 16)},
        "onPremisesImmutableId": guid(),
        "onPremisesLastSyncDateTime": "2026-11-22T01:30:00Z",
        "onPremisesProvisioningErrors": [],
        "onPremisesSamAccountName": f"person{index}",
        "onPremisesSecurityIdentifier": f"S-1-5-21-1004336348-1177238915-682003330-{index}",
        "onPremisesSyncEnabled": True,
        "onPremisesUserPrincipalName": upn,
        "otherMails": [],
        "passwordPolicies": "DisablePasswordExpiration",
        "passwordProfile": None,
        "postalCode": f"{1000 + index % 9000}",
        "preferredDataLocation": None,
        "preferredLanguage": "de-AT",
        "provisionedPlans": [
            {"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"},
        ],
        "proxyAddresses": [f"SMTP:{upn}", f"smtp:p{index}@contoso.example"],
        "securityIdentifier": f"S-1-12-1-{random_.getrandbits(32)}-{random_.getrandbits(32)}-{index}",
        "serviceProvisioningErrors": [],
        "showInAddressList": None,
        "signInSessionsValidFromDateTime": "2026-05-06T07:08:09Z",
        "state": None,
        "streetAddress": f"Ringstraße {index % 300}",
        "surname": "Müller-Østergård",
        "usageLocation": "AT",
        "userPrincipalName": upn,
        "userType": "Member",
    }


def render(objects: int) -> list[bytes]:
    """The pages' bodies; `{base}` in a nextLink stands for the server's address and is put in by the caller."""
    random_ = random.Random(20261122)
    bodies = []
    for start in range(0, objects, PAGE):
        users = [user(index, random_) for index in range(start, min(start + PAGE, objects))]
        body: dict[str, object] = {"@odata.context": "{base}/v1.0/$metadata#users"}
        if start + PAGE < objects:
            body["@odata.nextLink"] = f"{{base}}/v1.0/users?$skiptoken={start // PAGE + 1}"
        bodies.append(json.dumps({**body, "value": users}, ensure_ascii=False, separators=(",", ":")).encode())
    return bodies


async def serve(objects: int) -> None:
    """Serves until it is killed."""
    pages: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split(b" ", 2)[1]
                page = int(target.rpartition(b"skiptoken=")[2].split(b"&")[0]) if b"skiptoken=" in target else 0
                writer.write(pages[page])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 20)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for body in render(objects):
        whole = body.replace(b"{base}", base.encode())
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json;odata.metadata=minimal;charset=utf-8\r\n"
            f"Content-Length: {len(whole)}\r\nrequest-id: bench\r\nx-ms-resource-unit: 1\r\n\r\n"
        )
        pages.append(head.encode() + whole)
    size = sum(map(len, pages)) / objects
    print(json.dumps({"url": base, "pages": len(pages), "bytesPerObject": round(size)}), flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=50_000)
    asyncio.run(serve(parser.parse_args().objects))
