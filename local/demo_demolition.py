"""The demo's last act: a quarter of the company is destroyed, one plan brings all of it back, and that is proved.

In: the app, the emulated tenant and the files in storage. Out: what is printed; `Failed` where something is not so.
"""

import json

from rich.console import Console
from rich.live import Live

from local import demo_demolition_view as view
from local.api_client import Api, Json, Tenant
from local.demo_files import Files
from local.demo_pick import expect
from local.demo_quarter import Thing
from local.demo_quarter_build import quarter
from local.demo_same import GUID, unnamed

LEAST_OBJECTS, LEAST_TYPES = 30, 12
# What happened keeps the ids of its time.
_HISTORY = {"signIn", "directoryAudit", "provisioningObjectSummary"}


class Demolition:
    """Built before the first backup, razed after it."""

    def __init__(self, console: Console, api: Api, tenant: Tenant, files: Files, graph_url: str) -> None:
        self.console = console
        self.api, self.tenant, self.files = api, tenant, files
        self.quarter = quarter(tenant.call, graph_url)
        self.gone: list[Thing] = []
        self.razed: set[str] = set()

    def raze(self, run: str) -> None:
        """Everything of it goes."""
        for key, identity in self.quarter.things.values():
            known = {record["id"] for record in self.files.records(run, key)}
            expect(identity in known, f"{key} {identity} is in the backup")
        self.gone = self.quarter.raze()
        kinds = {key for key, _ in self.gone}
        expect(len(self.gone) >= LEAST_OBJECTS and len(kinds) >= LEAST_TYPES, "that is a demolition")
        self.razed = self.present()
        expect(not self.razed & {identity for _, identity in self.gone}, "nothing of it is left")
        print_ = self.console.print
        print_(f"• Pier 9, {len(self.gone)} objects of {len(kinds)} types that name each other: all deleted, and from")
        print_("  the recycle bin again wherever Graph lets an application do that")
        for key, identity in self.quarter.survivors:
            print_(f"• {key} [bold]{self.name(run, key, identity)}[/] still stands and names a group that is gone")

    def restore(self, run: str) -> Json:
        """One plan for all of it, shown and applied."""
        objects = [{"type": key, "id": identity} for key, identity in self.gone]
        told = f'POST /api/restore/plans {{"objects":[… {len(objects)} …],"run":"{run}"}}'
        self.console.print(told, style="cyan", markup=False)
        plan = self.planned(objects, run)
        items = self.items(plan)
        self.console.print(view.summary(plan, items))
        self.console.print(view.losses(items, plan["gaps"]))
        page = f"/restore/plans/{plan['planId']}"
        self.api.post(f"{page}/apply")
        with Live(console=self.console, transient=True, refresh_per_second=8) as live:
            done = self.api.wait(page, {"planned", "applying"}, lambda shown: live.update(view.progress(shown)))
        self.console.print(view.progress(done))
        expect(done["state"] == "applied", f"the plan was applied: {done['state']} {done['error']}")
        expect(done["progress"]["done"] == done["progress"]["steps"], "every step of it is done")
        return done

    def prove(self, done: Json, first: str, last: Json) -> None:
        """Counts, records, links, dead ids; and what a second plan finds."""
        items, state = self.items(done), self.present()
        ids = {item["objectId"]: item["liveId"] for item in items if item["liveId"]}
        self.console.print(view.healed(items))
        self.console.print(view.counts(self.gone, ids, self.razed, state))
        expect(all(ids.get(identity) in state for _, identity in self.gone), "every object is there again")
        ids |= self.app_ids(first, last["runId"], ids)
        found: list[str] = []
        tolerated: dict[str, int] = {}
        for key, identity in self.gone:
            old = self.record(first, key, identity)
            new = self.record(last["runId"], key, ids[identity])
            said = " ".join(
                f"{gap['what']} {gap['why']}"
                for item in items
                if (item["type"], item["objectId"]) == (key, identity)
                for gap in item["gaps"]
            )
            differ = {name for name, _, _ in unnamed(old, new, ids, "")}
            worse = {name for name, _, _ in unnamed(old, new, ids, said)}
            found += [f"{key} {identity}: {name}" for name in sorted(worse)]
            for name in differ - worse:
                tolerated[f"{key}: {name}"] = tolerated.get(f"{key}: {name}", 0) + 1
        named = ", ".join(f"{what} ({count})" for what, count in sorted(tolerated.items()))
        print_ = self.console.print
        print_(f"{len(self.gone)} records of the backup beside those of a new one, old ids read as new ones:")
        print_(f"  differences: {len(found)} besides what the plan named: {named}", markup=False)
        expect(not found, f"every record is as it was: {found}")
        dead = {old for old, new in ids.items() if old != new and GUID.fullmatch(old)}
        naming = self.naming(dead)
        print_(f"  {len(dead)} ids are dead: {len(naming)} objects of the tenant still name one")
        expect(not naming, f"nothing names what is gone: {naming}")
        before, after = (self.files.manifest(run)["references"]["dangling"] for run in (first, last["runId"]))
        print_(f"  ids that lead nowhere: {before} before, {after} now")
        expect(after <= before, "no id leads nowhere that did not before")
        again = self.planned([{"type": key, "id": identity} for key, identity in self.gone], first)
        print_(f"  the same plan once more: {again['progress']['steps']} steps")
        expect(again["progress"]["steps"] == 0, "nothing is left to do")

    def planned(self, objects: list[Json], run: str) -> Json:
        """A plan, waited for."""
        made = self.api.post("/restore/plans", {"objects": objects, "run": run})
        plan = self.api.wait(f"/restore/plans/{made['planId']}", {"planning"}, lambda shown: None)
        expect(plan["state"] == "planned", f"the plan was made: {plan['state']} {plan['error']}")
        return plan

    def items(self, plan: Json) -> list[Json]:
        """All items of a plan."""
        page = f"/restore/plans/{plan['planId']}/items"
        return [item for number in range(plan["pages"]) for item in self.api.get(page, page=number + 1)["items"]]

    def present(self) -> set[str]:
        """The ids of all that is live in the tenant. What was asked for once has the id of what it led to."""
        return {identity for kind, identity in self.tenant.state() if not kind.endswith("Request")}

    def naming(self, dead: set[str]) -> list[str]:
        """What names one of these ids, beside what is history."""
        return [
            f"{kind} {identity}"
            for (kind, identity), thing in self.tenant.state().items()
            if kind not in _HISTORY and not kind.endswith("Request") and set(GUID.findall(json.dumps(thing))) & dead
        ]

    def app_ids(self, first: str, last: str, ids: dict[str, str]) -> dict[str, str]:
        """Applications are named by another id besides."""
        old, new = (
            {one["id"]: one["appId"] for one in self.files.records(run, "applications")} for run in (first, last)
        )
        return {old[identity]: new[ids[identity]] for key, identity in self.gone if key == "applications"}

    def record(self, run: str, key: str, identity: str) -> Json:
        """One record of a run."""
        found = [record for record in self.files.records(run, key) if record["id"] == identity]
        expect(found, f"{key} {identity} is in run {run}")
        return found[0]

    def name(self, run: str, key: str, identity: str) -> str:
        """What a record calls itself."""
        return str(self.files.records(run, key)[0].get("displayName") if key == identity else self.record(
            run, key, identity)["displayName"])  # fmt: skip
