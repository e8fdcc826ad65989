"""`make demo`: an invented tenant is backed up, damaged, compared and restored, and the outcome is proved.

Everything goes the way a customer's does: the timer function starts the backups, the HTTP functions do the rest, and
the files are read with gzip and json alone. Exits 1 if anything it prints turns out not to be so.
"""

import argparse
import json
import shutil
from pathlib import Path

import httpx
from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local import demo_runs as runs
from local import demo_view as view
from local.api_client import Api, Json, Tenant
from local.demo_demolition import Demolition
from local.demo_files import Files
from local.demo_pick import Failed, expect, pick_group, pick_named_group, pick_policy, pick_user
from local.demo_proof import Difference, State, differences
from local.demo_quarter import QUARTER
from local.demo_token import granted, token
from local.processes import ROOT
from local.stack import Choices, Stack

# What the invented administrator overlooked, so that the demo shows what becomes of it.
FORGOTTEN = ("BitlockerKey.Read.All", "Domain-InternalFederation.Read.All")
NOT_BOUGHT = ("Entra_Identity_Governance",)
# Graph's documentation gives these lists to signed-in people only, and the emulated tenant does as it says.
WITHHELD = {"deletedConditionalAccessPolicies", "deletedNamedLocations", "termsOfUseAgreements"}
# The service stamps every changed object anew.
STAMPS = {"modifiedDateTime", "renewedDateTime"}


def demo(options: argparse.Namespace) -> int:
    """Runs the demo; returns the exit code."""
    console = Console(width=None if Console().is_terminal else 118, highlight=False)
    data: Path = options.data or Path(".lifeboat/demo")
    shutil.rmtree(data, ignore_errors=True)  # every demo begins with a tenant of its own
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    choices = Choices(
        data=data, port=options.port, users=options.users, seed=options.seed, token=token(granted(page, FORGOTTEN))
    )
    try:
        with console.status("starting Azurite, the invented tenant and the Functions host"):
            stack = _Stack(choices).__enter__()
        try:
            _Demo(console, stack).run()
        finally:
            stack.stop()
    except Failed as problem:
        console.print(f"\n[bold red]not so:[/] {problem}")
        return 1
    return 0


class _Stack(Stack):
    """The stack whose app knows the company's emergency accounts, as its settings do in Azure."""

    def start_host(self) -> None:
        tenant = Tenant(self)
        query = "$filter=startswith(displayName,'Emergency access')&$select=id"
        accounts = tenant.call("GET", f"/v1.0/users?{query}")["value"]
        tenant.close()
        expect(accounts, "the company has emergency accounts")
        self.choices.env = {"BREAK_GLASS_IDS": ",".join(account["id"] for account in accounts)}
        super().start_host()


class _Demo:
    def __init__(self, console: Console, stack: Stack) -> None:
        self.console = console
        self.stack = stack
        self.api = Api(stack)
        self.tenant = Tenant(stack)
        self.files = Files(stack.storage, stack.tenant_id)
        self.demolition = Demolition(console, self.api, self.tenant, self.files, stack.graph_url)

    def run(self) -> None:
        """The whole story."""
        rule = self.console.rule
        self.tenant.take_licences(*NOT_BOUGHT)
        rule("[bold]1. Choose and look ahead[/]", align="left")
        ahead = self.look_ahead()

        rule("[bold]2. Back up[/]", align="left")
        first = self.back_up()
        self.console.print(runs.outcomes(first))
        self.explain(ahead)
        self.show_file(first["runId"], "users")

        rule("[bold]3. Damage[/]", align="left")
        before = self.tenant.state()
        damaged = self.damage(first["runId"])

        rule("[bold]4. What changed[/]", align="left")
        self.show_live(damaged["conditionalAccessPolicies"][0], first["runId"])
        second = self.back_up()
        self.console.print(runs.changed_counts(second))
        self.show_changes(first["runId"], second, damaged)

        rule("[bold]5. Plan and restore[/]", align="left")
        plans = [self.restore(key, thing["id"], first["runId"]) for key, things in damaged.items() for thing in things]

        rule("[bold]6. Proof[/]", align="left")
        self.prove(before, plans, first["runId"])

        rule("[bold]7. Demolition[/]", align="left")
        self.demolition.raze(first["runId"])
        done = self.demolition.restore(first["runId"])
        self.demolition.prove(done, first["runId"], self.back_up())

        rule("[bold]8. Where it lies[/]", align="left")
        self.show_places(first["runId"])
        self.console.print("[bold green]Everything above was checked.[/]")
        for open_ in (self.api, self.tenant, self.files):
            open_.close()

    def look_ahead(self) -> Json:
        """Switches every type on and asks what that takes."""
        print_ = self.console.print
        print_(f"A company of {self.stack.choices.users} people, tenant {self.stack.tenant_id}.")
        chosen = self.api.put("/settings/types", {"preset": "everything"})
        sizes = ", ".join(f"{name} {len(keys)}" for name, keys in chosen["presets"].items())
        print_(f"Types by preset: {sizes}.")
        by_name = [shown["key"] for shown in self.api.get("/types")["types"] if not shown["enabled"]]
        chosen = self.api.put("/settings/types", {"preset": "everything", "on": by_name})
        hours = f"and {', '.join(by_name)}, which takes hours in a large tenant"
        print_(f"PUT /api/settings/types: everything, {hours}. {len(chosen['enabled'])} are on.", markup=False)
        for warning in chosen["warnings"]:
            print_(Padding(Text(warning["message"], style="yellow"), (0, 0, 0, 2)))
        ahead = self.api.post("/preflight")
        print_(f"POST /api/preflight: {len(ahead['permissions'])} permissions are needed to read all that. Missing:")
        print_(runs.preflight(ahead))
        expect(ahead["permissionsKnown"], "the app can read which permissions its token has")
        expect(set(ahead["missing"]) == set(FORGOTTEN), f"only {FORGOTTEN} are missing: {ahead['missing']}")
        return ahead

    def back_up(self) -> Json:
        """Fires the timer function and follows the run to its end."""
        known = {run["runId"] for run in self.api.get("/backups")["runs"]}
        total = len(self.api.get("/settings/types")["enabled"])
        reply = httpx.post(f"{self.stack.functions_url}/admin/functions/backup_timer", json={"input": ""}, timeout=30)
        expect(reply.status_code == 202, "the timer function was started")
        run = ""
        while not run:
            run = next((row["runId"] for row in self.api.get("/backups")["runs"] if row["runId"] not in known), "")
        with Live(console=self.console, transient=True, refresh_per_second=8) as live:
            done = self.api.wait(
                f"/backups/{run}", {"running"}, lambda status: live.update(runs.progress(status, total))
            )
        expect(done["state"] == "committed", f"run {run} is committed")
        expect(len(done["types"]) == total, f"run {run} has all {total} types")
        return done

    def explain(self, ahead: Json) -> None:
        """Every type that is not `read`, which are those that the look ahead named and those that Graph withholds."""
        rest = [shown for shown in self.api.get("/types")["types"] if shown["status"] != "read"]
        self.console.print(runs.unread(rest))
        found = {shown["key"] for shown in rest}
        expect(found == set(ahead["types"]) | WITHHELD, f"these were not read whole, as foreseen: {sorted(found)}")
        for shown in rest:
            expect(shown["status"] != "failed" and shown["remedy"], f"{shown['key']} says what to do")
            for scope in FORGOTTEN:
                lacks = any(scope in gap["message"] for gap in ahead["types"].get(shown["key"], ()))
                expect(not lacks or scope in shown["remedy"], f"{shown['key']} asks for {scope}")

    def show_file(self, run: str, key: str) -> None:
        """Prints where a file lies and how anybody reads it."""
        count = len(self.files.records(run, key))
        name = f"{self.stack.tenant_id}/{run}/{key}.json.gz"
        self.console.print(f"[bold]{name}[/] holds {count} records; its SHA-256 is the manifest's.")
        self.console.print(f"$ zcat {key}.json.gz | sed -n 2p | cut -c1-200", style="cyan")
        self.console.print(self.files.second_line(run, key)[:200] + "…", style="dim", soft_wrap=True, markup=False)

    def damage(self, run: str) -> dict[str, list[Json]]:
        """Deletes a user for good and a group, empties another in part, disarms a policy; returns what needs restoring,
        in the order of restoring."""
        users, groups, policies = (
            [thing for thing in self.files.records(run, key) if not thing["displayName"].startswith(QUARTER)]
            for key in ("users", "groups", "conditionalAccessPolicies")
        )
        victim, memberships = pick_user(users, groups, self.all_but_users(run))
        crowd, gone = pick_group(groups, memberships, {user["id"] for user in users})
        policy = pick_policy(policies)
        named, naming = pick_named_group(
            groups, [*memberships, crowd], [other for other in policies if other is not policy]
        )
        graph, print_ = self.tenant.graph, self.console.print
        graph("DELETE", f"/users/{victim['id']}")
        graph("DELETE", f"/directory/deletedItems/{victim['id']}")
        print_(f"• user [bold]{victim['displayName']}[/] deleted, and again from the recycle bin: gone for good")
        graph("DELETE", f"/groups/{named['id']}")
        print_(f"• group [bold]{named['displayName']}[/] deleted, which {naming['displayName']} names")
        for member in gone:
            graph("DELETE", f"/groups/{crowd['id']}/members/{member}/$ref")
        print_(f"• {len(gone)} members removed from group [bold]{crowd['displayName']}[/]")
        conditions = json.loads(json.dumps(policy["conditions"]))
        conditions["users"]["excludeGroups"] = []
        graph("PATCH", f"/identity/conditionalAccess/policies/{policy['id']}",
              {"state": "disabled", "conditions": conditions})  # fmt: skip
        print_(f"• policy [bold]{policy['displayName']}[/] switched off, its excluded groups removed")
        return {"users": [victim], "groups": [named, *memberships, crowd], "conditionalAccessPolicies": [policy]}

    def all_but_users(self, run: str) -> str:
        """Every record of a run in which a user may be named, as text. Records that go by a user's own id are about
        that user: their ids say nothing."""
        types = self.files.manifest(run)["types"]
        keys = [key for key, result in types.items() if result["file"] and key not in ("users", "groups")]
        return json.dumps([{**record, "id": ""} for key in keys for record in self.files.records(run, key)])

    def show_live(self, policy: Json, run: str) -> None:
        """One object as the last run has it and as Graph shows it now: no second backup is needed for that."""
        path = f"/objects/conditionalAccessPolicies/{policy['id']}/diff"
        found = self.api.get(path, **{"from": run, "to": "live"})
        self.console.print(f"GET /api{path}?from={run}&to=live", style="cyan", soft_wrap=True, markup=False)
        self.console.print(view.difference(found))
        moved = {place["path"] for place in found["properties"]} - STAMPS
        expect(moved == {"state", "conditions.users.excludeGroups"}, f"state and exclusions differ from live: {moved}")
        expect(set(policy["conditions"]["users"]["excludeGroups"]) <= set(found["names"]), "the groups have names")

    def show_changes(self, first: str, second: Json, damaged: dict[str, list[Json]]) -> None:
        """What the two runs say of the damage."""
        print_, run = self.console.print, second["runId"]
        victim, named, crowd = damaged["users"][0], damaged["groups"][0], damaged["groups"][-1]
        shown = ("users", "deletedUsers", "groups", "deletedGroups", "conditionalAccessPolicies")
        diffs = {key: self.api.get(f"/diff/{key}", **{"from": first, "to": run}) for key in shown}
        print_(runs.changes(diffs.values()))
        gone = [change for diff in diffs.values() for change in diff["changes"] if change["change"] == "deleted"]
        fates = {change["id"]: change["fate"] for change in gone}
        expect(fates[victim["id"]] == "gone", f"{victim['displayName']} is known to be gone for good")
        expect(fates[named["id"]] == "recycleBin", f"{named['displayName']} is known to be in the recycle bin")
        expect(diffs["users"]["deleted"] == diffs["groups"]["deleted"] == 1, "one user and one group are gone")
        found = self.api.get(f"/objects/groups/{crowd['id']}/diff", **{"from": first, "to": run})
        print_(view.difference(found))
        lost = [link for part in found["relationships"] for link in part["removed"]]
        expect(len(lost) == 3 and all(link["id"] in found["names"] for link in lost), "three members left, by name")
        versions = self.api.get(f"/objects/users/{victim['id']}/versions")["versions"]
        print_(view.timeline(victim["displayName"], versions))
        expect([row["change"] for row in versions] == ["deleted", "created"], "the timeline tells of the deletion")
        print_(runs.dangling(second["references"]))
        expect(named["id"] in {row["target"] for row in second["references"]["first"] if row["binned"]},
               f"what names {named['displayName']} is known")  # fmt: skip
        for alert in second["alerts"]:
            print_(f"! {alert['message']}", style="yellow", markup=False)

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
        expect(done["state"] == "applied", f"the plan for {plan['name']} was applied: {done['state']} {done['error']}")
        return done

    def prove(self, before: State, plans: list[Json], run: str) -> None:
        """Compares the tenant with what it was before the damage; what differs must have been named by a plan."""
        after = self.tenant.state()
        renamed = {plan["objectId"]: plan["liveId"] for plan in plans if plan["objectId"] != plan["liveId"]}
        found = differences(before, after, renamed, plans)
        unnamed = [difference for difference in found if not difference.reason]
        table = Table(title="What is not as it was, and why", title_justify="left")
        for column in ("object", "what", "named by the plan as"):
            table.add_column(column, overflow="fold")
        for difference in found:
            table.add_row(difference.name, difference.what, difference.reason or "[bold red]not named[/]")
        compared = f"All {len(before)} objects of the tenant compared with before the damage"
        self.console.print(f"{compared}: {len(before) - len({d.name for d in found})} are the same.")
        self.console.print(table)
        expect(not unnamed, f"every difference was named beforehand: {_told(unnamed)}")
        for plan in plans:
            if plan["objectId"] not in renamed:
                self.prove_same(plan, run, renamed)

    def prove_same(self, plan: Json, run: str, renamed: dict[str, str]) -> None:
        """The app's own comparison of a restored object with the run: only stamps, and old ids that became new ones."""
        found = self.api.get(f"/objects/{plan['type']}/{plan['objectId']}/diff", **{"from": run, "to": "live"})
        moved = {place["path"] for place in found["properties"]} - STAMPS
        expect(not moved, f"{plan['name']} is as it was: {moved}")
        for part in found["relationships"]:
            lost, new = ([link["id"] for link in part[side]] for side in ("removed", "added"))
            expect({renamed.get(identity) for identity in lost} == set(new), f"{plan['name']} has its {part['name']}")

    def show_places(self, run: str) -> None:
        """Where snapshots, secrets and logs lie."""
        print_, types = self.console.print, self.files.manifest(run)["types"]
        secret = {key for key, result in types.items() if result["container"] == "secrets" and result["file"]}
        table = Table(box=None, pad_edge=False, show_header=False)
        for key in sorted(secret):
            code = self.api.refusal(f"/objects/{key}/{self.files.records(run, key)[0]['id']}")
            expect(code == "secretType", f"records of {key} are answered to nobody: {code!r}")
            expect(not any(f"/{key}." in name for name in self.files.names("snapshots")), f"no {key} among snapshots")
        expect(secret, "there are secrets")
        stored = {key: self.files.events(run, key) for key, result in types.items() if result.get("log")}
        expect(stored and all(stored.values()), f"every log has events: {stored}")
        place = f"{self.stack.tenant_id}"
        table.add_row("snapshots", f"container [bold]snapshots[/], {place}/{run}/")
        table.add_row(
            "secrets  ",
            f"container [bold]secrets[/], the same names: {', '.join(sorted(secret))}; not answered over HTTP",
        )
        logs = ", ".join(f"{key} {count}" for key, count in stored.items())
        table.add_row(
            "logs", f"container [bold]snapshots[/], {place}/_logs/{{type}}/, a file for each day: {logs} events"
        )
        print_(table)
        print_(f"Look at them: [bold].venv/bin/python -m local up --data {self.stack.data}[/] starts it all again.")


def _told(found: list[Difference]) -> str:
    return "; ".join(f"{difference.name}: {difference.what}" for difference in found)
