"""The page docs/by-hand.md: per type, how to put an object back from its file with nothing of ours.

Entries in, Markdown out. It lists what a restore itself goes by: addresses, the properties each verb takes, the order.
"""

from collections.abc import Iterable, Iterator

from functions.catalogue import ENTRIES, restore_order
from functions.catalogue.model import Deletes, Linking, ObjectType, Part, Read, Relationship, Restore

_GENERATED = "<!-- Generated from the catalogue by `python -m docs.generate`. Do not edit. -->"

_HEAD = """# Putting objects back by hand

{generated}

Everything a run holds can be put back with nothing but a file, `zcat`, `jq` and `curl` (or PowerShell). This page has
the general way, then for each type the addresses and properties that Graph takes. Work in the order of this page: what
is named comes before what names it.

Take the record out of its file. `$FILE` is `{{tenantId}}/{{runId}}/{{type}}.json.gz`, downloaded with Storage Explorer
or `az storage blob download`:

```sh
zcat "$FILE" | jq -c --arg id "$ID" '.[] | select(.id == $id)' > record.json
```

```powershell
$stream = [IO.Compression.GZipStream]::new([IO.File]::OpenRead($File), 'Decompress')
$records = [IO.StreamReader]::new($stream).ReadToEnd() | ConvertFrom-Json -Depth 100 -AsHashtable
$record = $records | Where-Object {{ $_.id -eq $Id }}
```

(PowerShell 7.5 or newer reads gzip members one after another; elsewhere unpack the file with `gzip -d` first.)

**Undelete** what lies in a recycle bin before anything else: it comes back with its id and its links.

**Create** what is gone. Take the properties that the type's list names and leave out what is null or empty:

```sh
jq -c 'with_entries(select((.key | IN("displayName", "description", "mailEnabled", "mailNickname", "securityEnabled"))
  and .value != null and .value != []))' record.json > body.json
curl -sS -X POST "https://graph.microsoft.com/v1.0/groups" -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -d @body.json
```

```powershell
$names = 'displayName', 'description', 'mailEnabled', 'mailNickname', 'securityEnabled'
$body = @{{}}; foreach ($n in $names) {{ if ($null -ne $record[$n]) {{ $body[$n] = $record[$n] }} }}
Invoke-MgGraphRequest POST 'v1.0/groups' -Body ($body | ConvertTo-Json -Depth 100)
```

**Change** what is there: send the properties that differ to the object's own address. Arrays are written whole.

**Links** come last, one call each, with `{{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/<id>"}}`.
The ids are in the record under `@relationships`. Never leave `/$ref` off an address that ends in a link:
`DELETE /groups/<id>/members/<id>` without it deletes the member.

**Ids**: an object that was created again has a new one. Replace the old id wherever a record names it;
`_referrers/by-id.json.gz` of the run lists those records:
`zcat by-id.json.gz | jq -c --arg id "$ID" '.[] | select(.id == $id)'`.
"""


def by_hand_page(entries: Iterable[ObjectType] = ENTRIES) -> str:
    """docs/by-hand.md."""
    found = {entry.key: entry for entry in entries}
    order = sorted(
        (key for key in restore_order() if key in found and found[key].restore),
        key=lambda key: _stage(found[key]),
    )
    lines = [*_HEAD.format(generated=_GENERATED).splitlines()]
    for key in order:
        entry = found[key]
        assert entry.restore is not None
        lines += ["", *_section(entry, entry.restore)]
    lines += ["", "## What cannot be written through Graph", "", "| Type | What to do |", "|---|---|"]
    lines += [f"| {entry.title} | {entry.unrestored} |" for entry in found.values() if not entry.restore]
    return "\n".join((*lines, ""))


def _stage(entry: ObjectType) -> int:
    assert entry.restore is not None
    return int(entry.restore.stage)


def _section(entry: ObjectType, restore: Restore) -> Iterator[str]:
    root = f"/{restore.api or entry.api}"
    one = entry.read is Read.ONE
    address = f"{root}{restore.collection}" + ("" if one else "/{id}")
    yield f"## {entry.key}"
    yield ""
    yield f"{entry.title}. {_permissions(entry, restore)}"
    yield ""
    if restore.undelete:
        apart = f" (takes {' and '.join(restore.bin_scopes)})" if restore.bin_scopes else ""
        yield f"- Undelete: `POST {root}{restore.undelete}`{apart}"
    if not one and restore.create:
        how = f"`POST {root}{restore.collection}`"
        if restore.upsert:
            how += f", or, harmless to repeat, `PATCH {root}{restore.upsert}` with `Prefer: create-if-missing`"
        yield f"- Create: {how}. {_asked(restore)}Takes {_names(restore.create)}"
    if restore.method and restore.update:
        whole = "all of these, changed or not" if restore.method == "PUT" else "those of these that differ"
        same = not one and restore.update == restore.create
        yield f"- Change: `{restore.method} {address}` with {whole}: {'the same' if same else _names(restore.update)}"
    elif not restore.method:
        yield f"- Change: not possible; delete it (`DELETE {address}`) and create it again"
    for link in entry.relationships:
        if link.restorable:
            yield f"- {_link(link, address, root)}"
    if restore.serial:
        yield "- One write at a time in the whole tenant: Graph refuses two at once."
    if restore.deletes is Deletes.LINK:
        yield "- It goes with the objects it joins: create it again after them, with their new ids."
    if restore.lost:
        yield "- Does not come back: " + "; ".join(lost.what for lost in restore.lost)


def _permissions(entry: ObjectType, restore: Restore) -> str:
    apart = [f"`{name}` besides {' and '.join(scopes)}" for name, scopes in sorted(restore.scopes_for.items())]
    return f"Takes {' and '.join(restore.write_scopes)}" + (f"; {', '.join(apart)}" if apart else "") + "."


def _asked(restore: Restore) -> str:
    return f"Asks for {_names(restore.required)}. " if restore.required else ""


def _link(link: Relationship, address: str, root: str) -> str:
    if link.part is not None:
        return _part(link, link.part, address)
    if link.contained:
        return f"Inside `{link.name}`: by calls of their own, in the shape the record has"
    if link.linking is Linking.REVERSE:
        return f"Link `{link.name}`: at the other end, `POST {root}{link.reverse}/$ref`"
    verb = "PUT" if link.single else "POST"
    bound = (
        f"; up to 20 at once with `PATCH {address}` and `{link.name}@odata.bind`"
        if link.linking is Linking.BIND
        else ""
    )
    return f"Link `{link.name}`: `{verb} {address}/{link.path or link.name}/$ref`{bound}"


def _part(link: Relationship, part: Part, address: str) -> str:
    _, _, below = address.removeprefix("/").partition("/")
    own = f"/{part.api or link.api}/{below}/{part.path or link.path or link.name}"
    address = f"{own}/{{{part.identity}}}" if part.identity else own
    made = f"`{part.makes} {own if part.makes == 'POST' else address}`"
    changed = f"; change with `{part.method} {address}`" if part.method and part.update else ""
    return f"Inside `{link.name}`: {made} with {_names(part.create)}{changed}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
