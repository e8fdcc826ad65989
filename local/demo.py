"""`make demo`: an invented tenant is backed up, damaged, compared and restored, and the outcome is proved.

Everything goes the way a customer's does: the timer function starts the backups, the HTTP functions do the rest, and
the files are read with gzip and json alone. Exits 1 if anything it prints turns out not to be so.
"""

import argparse
import gzip
import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from azure.storage.blob import ContainerClient
from rich.console import Console
from rich.live import Live
from rich.table import Table

from local import demo_view as view
from local.api_client import Api, Json, Tenant
from local.demo_proof import Difference, differences
from local.stack import Choices, Stack


class Failed(Exception):
    """Something the demo said is not so."""


def demo(options: argparse.Namespace) -> int:
    """Runs the demo; returns the exit code."""
    console = Console(width=None if Console().is_terminal else 118, highlight=False)
    data: Path = options.data or Path(".lifeboat/demo")
    shutil.rmtree(data, ignore_errors=True)  # every demo begins with a tenant of its own
    choices = Choices(data=data, port=options.port, users=options.users, seed=options.seed)
    try:
        with console.status("starting Azurite, the invented tenant and the Functions host"):
            stack = Stack(choices).__enter__()
        try:
            _Demo(console, stack).run()
        finally:
            stack.stop()
    except Failed as problem:
        console.print(f"\n[bold red]not so:[/] {problem}")
        return 1
    return 0


class _Demo:
    def __init__(self, console: Console, stack: Stack) -> None:
        self.console = console
        self.stack = stack
        self.api = Api(stack)
        self.tenant = Tenant(stack)
        self.files = ContainerClient.from_connection_string(stack.storage, "snapshots")

    def run(self) -> None:
        console = self.console
        console.rule("[bold]1. Back up[/]", align="left")
        console.print(f"A company of {self.stack.choices.users} people, tenant {self.stack.tenant_id}.")
        first = self.back_up()
        console.print(view.types_table(first))
        users, groups = self.show_file(first, "users"), self.records(first, "groups")
        policies = self.records(first, "conditionalAccessPolicies")
        others = ("administrativeUnits", "devices", "appRoleAssignments", "roleAssignments", "oauth2PermissionGrants")
        elsewhere = json.dumps([policies, *(self.records(first, key) for key in others)])
        before = self.tenant.state()

        console.rule("[bold]2. Damage[/]", align="left")
        victim, memberships = _pick_user(users, groups, elsewhere, before)
        crowd, gone = _pick_group(groups, memberships, before)
        policy = _pick_policy(policies)
        self.damage(victim, crowd, gone, policy)

        console.rule("[bold]3. What changed[/]", align="left")
        second = self.back_up()
        console.print(view.changes_table(second))
        _expect(second["types"]["users"]["deleted"] == 1, "exactly one user is recorded as deleted")
        versions = self.api.get(f"/objects/users/{victim['id']}/versions")["versions"]
        console.print(view.timeline(victim["displayName"], versions))
        _expect([row["change"] for row in versions] == ["deleted", "created"], "the timeline tells of the deletion")

        console.rule("[bold]4. Plan and restore[/]", align="left")
        run = first["runId"]
        plans = [self.restore("users", victim["id"], run)]
        plans += [self.restore("groups", group["id"], run) for group in [*memberships, crowd]]
        plans += [self.restore("conditionalAccessPolicies", policy["id"], run)]

        console.rule("[bold]5. Proof[/]", align="left")
        self.prove(before, plans, victim)
        console.print(f"The snapshots lie in the container [bold]snapshots[/] under {self.stack.tenant_id}/{run}/.")
        console.print(
            f"Look at them: [bold].venv/bin/python -m local up --data {self.stack.data}[/] starts it all again."
        )
        console.print("[bold green]Everything above was checked.[/]")
        self.api.close()
        self.tenant.close()

    def back_up(self) -> Json:
        """Fires the timer function and follows the run to its end."""
        known = {run["runId"] for run in self.api.get("/backups")["runs"]}
        reply = httpx.post(f"{self.stack.functions_url}/admin/functions/backup_timer", json={"input": ""}, timeout=30)
        _expect(reply.status_code == 202, "the timer function was started")
        run = ""
        while not run:
            run = next((row["runId"] for row in self.api.get("/backups")["runs"] if row["runId"] not in known), "")
        with Live(console=self.console, transient=True, refresh_per_second=8) as live:
            done = self.api.wait(f"/backups/{run}", {"running"}, lambda status: live.update(view.progress(status)))
        _expect(done["state"] == "committed", f"run {run} is committed")
        for key, result in done["types"].items():
            _expect(result["outcome"] == "read", f"{key} was read: {result['gaps']}")
        return done

    def blob(self, name: str) -> bytes:
        """A file as it lies in storage."""
        return self.files.download_blob(name).readall()

    def records(self, run: Json, key: str) -> list[Json]:
        """A snapshot file, read with gzip and json alone, and held against the manifest."""
        place = f"{self.stack.tenant_id}/{run['runId']}"
        stated = json.loads(self.blob(f"{place}/manifest.json"))["types"][key]
        data = self.blob(f"{place}/{key}.json.gz")
        _expect(sha256(data).hexdigest() == stated["sha256"], f"{key}.json.gz has the SHA-256 of the manifest")
        things: list[Json] = json.loads(gzip.decompress(data))
        _expect(len(things) == stated["objects"], f"{key}.json.gz holds the manifest's {stated['objects']} records")
        return things

    def show_file(self, run: Json, key: str) -> list[Json]:
        """Prints where a file lies and how anybody reads it."""
        things = self.records(run, key)
        name = f"{self.stack.tenant_id}/{run['runId']}/{key}.json.gz"
        head = gzip.decompress(self.blob(name)).decode().splitlines()[1]
        self.console.print(f"[bold]{name}[/] holds {len(things)} records; its SHA-256 is the manifest's.")
        self.console.print(f"$ zcat {key}.json.gz | sed -n 2p | cut -c1-200", style="cyan")
        self.console.print(head[:200] + "…", style="dim", soft_wrap=True, markup=False)
        return things

    def damage(self, victim: Json, crowd: Json, gone: list[str], policy: Json) -> None:
        """Deletes a user for good, empties a group in part, and disarms a policy."""
        graph, print_ = self.tenant.graph, self.console.print
        graph("DELETE", f"/users/{victim['id']}")
        graph("DELETE", f"/directory/deletedItems/{victim['id']}")
        print_(
            f"• user [bold]{victim['displayName']}[/] deleted, and deleted again from the recycle bin: gone for good"
        )
        for member in gone:
            graph("DELETE", f"/groups/{crowd['id']}/members/{member}/$ref")
        print_(f"• {len(gone)} members removed from group [bold]{crowd['displayName']}[/]")
        conditions = json.loads(json.dumps(policy["conditions"]))
        conditions["users"]["excludeGroups"] = []
        graph("PATCH", f"/identity/conditionalAccess/policies/{policy['id']}",
              {"state": "disabled", "conditions": conditions})  # fmt: skip
        print_(f"• policy [bold]{policy['displayName']}[/] switched off, its excluded groups removed")

    def restore(self, key: str, identity: str, run: str) -> Json:
        """Plans, shows the plan, applies it, shows the journal."""
        plan = self.api.post("/restore/plans", {"type": key, "id": identity, "run": run})
        self.console.print(view.plan(key, plan))
        self.api.post(f"/restore/plans/{plan['planId']}/apply")
        with Live(console=self.console, transient=True, refresh_per_second=8) as live:
            done = self.api.wait(
                f"/restore/plans/{plan['planId']}", {"planned", "applying"}, lambda s: live.update(view.journal(s))
            )
        self.console.print(view.journal(done))
        _expect(done["state"] == "applied", f"the plan for {plan['name']} was applied: {done['state']} {done['error']}")
        return done

    def prove(self, before: dict[str, Json], plans: list[Json], victim: Json) -> None:
        """Compares the tenant with what it was before the damage; what differs must have been named by a plan."""
        after = self.tenant.state()
        new = next(plan["liveId"] for plan in plans if plan["objectId"] == victim["id"])
        found = differences(before, after, {victim["id"]: new}, plans)
        unnamed = [difference for difference in found if not difference.reason]
        table = Table(title="What is not as it was, and why", title_justify="left")
        for column in ("object", "what", "named by the plan as"):
            table.add_column(column, overflow="fold")
        for difference in found:
            table.add_row(difference.name, difference.what, difference.reason or "[bold red]not named[/]")
        compared = f"All {len(before)} objects of the tenant compared with before the damage"
        self.console.print(f"{compared}: {len(before) - len({d.name for d in found})} are the same.")
        self.console.print(table)
        _expect(not unnamed, f"every difference was named beforehand: {_told(unnamed)}")
        members = [plan for plan in plans if plan["type"] == "groups"]
        _expect(bool(members), "group memberships came back")


def _told(found: list[Difference]) -> str:
    return "; ".join(f"{difference.name}: {difference.what}" for difference in found)


def _pick_user(
    users: list[Json], groups: list[Json], elsewhere: str, state: dict[str, Json]
) -> tuple[Json, list[Json]]:
    """A cloud user with a manager and only assigned groups, and those groups; nobody else and nothing in `elsewhere`
    refers to the user."""
    others = {link["id"] for user in users for link in [*_links(user, "manager"), *_links(user, "sponsors")]}
    for user in users:
        identity, links = user["id"], user["@relationships"]
        held = [group for group in groups if identity in _ids(group, "members", "owners")]
        if (
            user["userType"] == "Member"
            and not user["onPremisesSyncEnabled"]
            and links["manager"]
            and identity not in others
            and identity not in elsewhere
            # Values of directory extensions are not backed up yet: README, "What is not there yet".
            and not any(key.startswith("extension_") for key in state[identity]["object"])
            and held
            and all(map(_assigned, held))
        ):
            return user, held
    raise Failed("the company has a cloud user with a manager and groups")


def _pick_group(groups: list[Json], taken: list[Json], state: dict[str, Json]) -> tuple[Json, list[str]]:
    """An assigned group with at least four members, and three of them."""
    known = {group["id"] for group in taken}
    for group in groups:
        members = sorted(set(_ids(group, "members")) & set(state))
        if _assigned(group) and group["id"] not in known and len(members) >= 4:
            return group, members[:3]
    raise Failed("the company has a group with four members")


def _pick_policy(policies: list[Json]) -> Json:
    """A policy that is on and leaves some groups out."""
    for policy in policies:
        if policy["state"] == "enabled" and policy["conditions"]["users"]["excludeGroups"]:
            return policy
    raise Failed("the company has an enabled policy with excluded groups")


def _assigned(group: Json) -> bool:
    return bool(
        (not group["mailEnabled"] or "Unified" in group["groupTypes"])
        and not group["onPremisesSyncEnabled"]
        and not group["isAssignableToRole"]
        and "DynamicMembership" not in group["groupTypes"]
    )


def _links(thing: Json, relationship: str) -> list[Json]:
    links: list[Json] = thing["@relationships"].get(relationship, [])
    return links


def _ids(thing: Json, *relationships: str) -> list[str]:
    return [link["id"] for name in relationships for link in _links(thing, name)]


def _expect(holds: Any, claim: str) -> None:
    if not holds:
        raise Failed(claim)
