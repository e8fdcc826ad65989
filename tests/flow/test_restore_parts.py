"""What is contained in an object: added where it is missing, left where the recycle bin gave it back."""

from tests.flow.restore_world import World


async def _application(world: World, name: str) -> str:
    made = await world.call("POST", "/v1.0/applications", {"displayName": name})
    return str(made["id"])


async def _credential(world: World, app: str, name: str, subject: str = "repo:a") -> str:
    body = {"name": name, "issuer": "https://issuer.example", "subject": subject, "audiences": ["api://x"]}
    path = f"/v1.0/applications/{app}/federatedIdentityCredentials"
    return str((await world.call("POST", path, body))["id"])


async def _names(world: World, app: str) -> list[str]:
    found = await world.call("GET", f"/v1.0/applications/{app}/federatedIdentityCredentials")
    return sorted(one["name"] for one in found["value"])


async def test_what_the_bin_gave_back_is_not_added_again_and_what_it_did_not_is(world: World):
    app = await _application(world, "Deployer")
    await _credential(world, app, "kept")
    lost = await _credential(world, app, "lost", "repo:b")
    await world.backup("applications")
    await world.call("DELETE", f"/v1.0/applications/{app}/federatedIdentityCredentials/{lost}")
    await world.call("DELETE", f"/v1.0/applications/{app}")

    view = await world.restore("applications", app)
    assert view["state"] == "applied", view["steps"]
    assert await _names(world, app) == ["kept", "lost"]
    assert await world.differences("applications", app) == {}
