"""Whether Graph would accept a write, and what the object then looks like. Pure: nothing is stored here.

    check_create(kind, body, directory, parent=None) -> the whole new object, server-set properties included
    check_update(kind, current, body, directory)     -> the whole object after the PATCH
    check_delete(kind, current, directory)
    check_restore(kind, deleted, directory, body)    -> the object as it comes back from the recycle bin
    check_link / check_unlink(kind, source, link, target, directory)
    bound_links(kind, body, directory)               -> links asked for by `{link}@odata.bind` in a create or update
    consequences(kind, current, directory)           -> objects that go when this one is deleted or purged

Every refusal is a `GraphFault`. `parent` is the object under whose URL a child is created (a federated credential, an
extension property, a scoped role membership, an app role assignment).
"""
