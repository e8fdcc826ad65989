"""Before a type is read: which of its extra properties may be selected in this tenant.

In: a reading. Out, in its checkpoint: the properties that were refused, the directory extensions whose values are read,
and a gap for whatever is left out.
"""

from functions.backup.addresses import condition, query
from functions.backup.extensions import extension_names
from functions.backup.reading import Reading
from functions.catalogue.model import Extra, Read
from functions.errors import GraphRejected

# Characters of a list's path and query. How long a URL Graph takes is unverified: 4,096 is a common limit of servers,
# and a link to a next page repeats the query and adds a token of its own.
LONGEST_URL = 3500
_OWN_SCOPES = ("Application.Read.All",)  # of the service principals and app registrations that are asked last


async def prepare(reading: Reading) -> None:
    """Asks once. What has been asked in an earlier activity is not asked again. Raises GraphError, FormatError."""
    entry, checkpoint = reading.entry, reading.checkpoint
    for extra in entry.extras[checkpoint.probed :]:
        await _probe(reading, extra)
        checkpoint.probed += 1
    if entry.extension_values:
        await _name_extensions(reading)


async def _probe(reading: Reading, extra: Extra) -> None:
    entry, missing = reading.entry, reading.entry.missing_properties.get(reading.cloud, frozenset())
    names = [name for name in extra.select if name not in missing]
    if not names:
        return
    if entry.read is Read.CHILDREN:
        raise ValueError(
            f"{entry.key}: extras of objects that lie below parents cannot be tried before the parents are"
        )
    one = 1 if entry.page_size else 0
    where = condition(entry, reading.tenant)
    identity = (entry.identity,) if entry.identity else ()
    try:
        await reading.client.get(
            reading.origin.path + query((*identity, *names), (), where, one), api=entry.api, bucket=entry.bucket
        )
    except GraphRejected as error:
        if entry.read is Read.ONE and error.status == 404:
            return  # nothing is set, so nothing was refused
        reading.refuse(error, ", ".join(names), extra.read_scopes, extra.licence)
        reading.checkpoint.left_out += names


async def _name_extensions(reading: Reading) -> None:
    entry, checkpoint = reading.entry, reading.checkpoint
    try:
        names = await extension_names(reading)
    except GraphRejected as error:
        reading.refuse(error, "Directory extension values", _OWN_SCOPES, "")
        return
    room = LONGEST_URL - len(reading.origin.path + reading.list_query())
    fitting: list[str] = []
    for name in names:
        room -= len(name) + 1
        if room < 0:
            break
        fitting.append(name)
    checkpoint.extension_values = fitting
    if left_out := names[len(fitting) :]:
        checkpoint.partial = True
        reading.tell(
            "extensionValuesLeftOut",
            f"{entry.title} ({entry.key}): the values of {len(left_out)} of {len(names)} directory extensions were not "
            f"read, because one request cannot name them all: {', '.join(left_out)}",
            "Delete directory extensions that nobody uses any more",
        )
