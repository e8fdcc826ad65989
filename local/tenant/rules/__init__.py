"""Whether Graph would accept a write, and what the object then looks like. Pure: nothing is stored here.

    check_create(kind, body, directory, parent=None)          -> the new object, server-set properties included
    check_update(kind, current, body, directory, parent=None) -> the object after the PATCH
    check_replace(kind, current, body, directory, parent=None) -> the object after the PUT
    check_delete(kind, current, directory)
    check_restore(kind, deleted, directory, body)  -> the object as it comes back from the recycle bin
    check_link / check_unlink(kind, source, link, target, directory)
    bound_links(kind, body, directory)             -> links asked for by `{link}@odata.bind` in a create or update
    consequences(kind, current, directory, purge)  -> objects that go when this one is deleted, or purged
    binned(kind, deleted)                          -> how the recycle bin shows an object
    stored_key(kind, new, parent)                  -> what the store keeps an object under

Objects are sparse: a property nobody ever set is absent (a list or GET shows `Property.empty` for it, delta leaves it
out), one set to null is None. Complex values are whole. Every refusal is a `GraphFault`. `parent` is the object under
whose URL a child is created or changed (federated credential, extension property, scoped role membership, app role
assignment).
"""

from local.tenant.rules.body import check_body, type_errors
from local.tenant.rules.consequences import binned, consequences
from local.tenant.rules.directory import Bound, Directory, GraphFault, Object, Ref, bad_request, denied, not_found
from local.tenant.rules.general import stored_key
from local.tenant.rules.grants import assignment_missing
from local.tenant.rules.links import check_link, check_unlink
from local.tenant.rules.references import bound_links, target_of
from local.tenant.rules.writes import check_create, check_delete, check_replace, check_restore, check_update

__all__ = [
    "Bound",
    "Directory",
    "GraphFault",
    "Object",
    "Ref",
    "assignment_missing",
    "bad_request",
    "binned",
    "bound_links",
    "check_body",
    "check_create",
    "check_delete",
    "check_link",
    "check_replace",
    "check_restore",
    "check_unlink",
    "check_update",
    "consequences",
    "denied",
    "not_found",
    "stored_key",
    "target_of",
    "type_errors",
]
