"""What a restore does about secrets and certificates of applications and service principals: pure.

A secret is never written: it is named by its hint. A certificate's public part is written back from the records that
hold it; its private key, where somebody still has it, then works again. What is there besides stays, unless an exact
match is asked for.
"""

from functions.core.diff import same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Gaps, Rules, Situation
from functions.core.record import Json, Object


def lost_secrets(s: Situation) -> Gaps:
    """A gap for each recorded secret that the tenant's object does not have, unless it has expired."""
    return [
        LossGap(
            f"The client secret {secret.get('displayName') or secret.get('keyId')} of {s.name}",
            f"Graph shows a secret once, when it is made. It began with {secret.get('hint') or 'what nobody recorded'} "
            f"and runs until {secret.get('endDateTime')}.",
            "Make a new secret and put it where the old one is used.",
        )
        for secret in _missing(s, "passwordCredentials")
    ]


def lost_certificates(s: Situation, key: str) -> Gaps:
    """A gap for each recorded certificate that the tenant's object does not have, unless it has expired."""
    return [
        LossGap(
            f"The certificate {certificate.get('displayName') or certificate.get('keyId')} of {s.name}",
            f"Its public part (thumbprint {certificate.get('customKeyIdentifier')}) is in the type {key}; a private "
            "key is in no backup.",
            f"Restore {key}/{s.identity}, if that type was backed up. Otherwise upload the certificate again.",
        )
        for certificate in _missing(s, "keyCredentials")
        if certificate.get("usage") != "Sign"
    ]


def with_key_there(s: Situation, body: Object, gaps: Gaps, name: str, by: str) -> Object:
    """The body without a property that names a certificate which the object does not have: Graph refuses it."""
    named = body.get(name)
    there = {str(item.get(by)).lower() for item in _list(s.current.get("keyCredentials"))}
    if named is None or str(named).lower() in there:
        return body
    gaps.append(
        LossGap(
            f"Not written to {s.name}: {name}",
            f"It names the certificate {named}, which the tenant's object does not have.",
            "Put the certificate back first, then make a new plan.",
        )
    )
    return {key: value for key, value in body.items() if key != name}


def signing(credentials: list[Object]) -> set[Json]:
    """The thumbprints of the certificates whose private part Microsoft Entra ID holds, to sign SAML tokens."""
    return {item.get("customKeyIdentifier") for item in credentials if item.get("usage") == "Sign"}


def _missing(s: Situation, name: str) -> list[Object]:
    there = {item.get("keyId") for item in _list(s.current.get(name))}
    return [
        item
        for item in _list(s.wanted.get(name))
        if item.get("keyId") not in there and not (s.now and str(item.get("endDateTime") or "9") < s.now)
    ]


def _normal(holder: Object) -> Object:
    """Certificates by what they are; what the service says of one besides does not count."""
    if "keyCredentials" not in holder:
        return holder
    holder["keyCredentials"] = [
        {name: value for name, value in item.items() if value is not None}
        for item in sorted(_list(holder.get("keyCredentials")), key=lambda item: str(item.get("keyId")))
    ]
    return holder


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    """The list whole, as Graph wants it: a certificate that is there already is named by its id, without its key."""
    if "keyCredentials" not in body:
        return body
    there = {item.get("keyId"): item for item in _list(s.current.get("keyCredentials"))}
    wanted = {item.get("keyId"): item for item in _list(s.wanted.get("keyCredentials"))}
    held = signing(list(wanted.values()))
    added = []
    for identity, item in wanted.items():
        if identity in there:
            continue
        if item.get("customKeyIdentifier") in held:
            gaps.append(_signs(s, item))
        elif not item.get("key"):
            gaps.append(_no_key(s, item))
        else:
            added.append(item)
    extra = [item for identity, item in there.items() if identity not in wanted]
    kept = [item for identity, item in there.items() if identity in wanted or s.options.mode != "exact"]
    if extra and s.options.mode != "exact":
        gaps.append(_stay(s, extra))
    if not added and len(kept) == len(there):
        return {}
    return {"keyCredentials": [*(_named(item) for item in kept), *added]}


def _named(item: Object) -> Json:
    return {name: value for name, value in item.items() if name != "key"}


def _signs(s: Situation, item: Object) -> LossGap:
    return LossGap(
        f"The certificate {item.get('displayName') or item.get('keyId')} that signs tokens of {s.name}",
        "Microsoft Entra ID holds the private key of this entry of keyCredentials, and gives it to nobody.",
        "Have a new one made (POST /servicePrincipals/{id}/addTokenSigningCertificate), and give it to the "
        "application at the other end.",
    )


def _no_key(s: Situation, item: Object) -> LossGap:
    return LossGap(
        f"The certificate {item.get('displayName') or item.get('keyId')} of {s.name}",
        f"The record lacks its public part in keyCredentials (thumbprint {item.get('customKeyIdentifier')}).",
        "Upload the certificate again.",
    )


def _stay(s: Situation, extra: list[Object]) -> LossGap:
    names = ", ".join(str(item.get("displayName") or item.get("keyId")) for item in extra)
    return LossGap(
        f"Certificates of {s.name} that were not in the backup stay: {names}",
        "Nothing is removed unless an exact match is asked for.",
        'If you do not know them, make a new plan with "match": "exact".',
    )


def _stop(s: Situation) -> Gaps:
    if s.live.standing == "live":
        return _own(s)
    return [
        LossGap(
            f"The certificates of {s.name}",
            "There is no such application or service principal in the tenant to put them on.",
            "Restore that first, then make a plan for its certificates.",
        )
    ]


def _own(s: Situation) -> Gaps:
    """With its own certificates a restore signs in: it neither takes them away nor lets others in by them."""
    app_id = str(s.live.object.get("appId") or s.record.get("appId") or "").lower()
    ours = (bool(s.safety.restorer) and s.live.id == s.safety.restorer) or (
        bool(s.safety.restorer_app) and app_id == s.safety.restorer_app
    )
    if not ours or same(s.wanted.get("keyCredentials"), s.current.get("keyCredentials")):
        return []
    return [
        LossGap(
            f"The certificates of {s.name} are left as they are",
            "It is what this restore signs in with.",
            "Look after them by hand when no restore is running.",
        )
    ]


def _danger(s: Situation, step: Step) -> Danger:
    return "high"  # whoever has the private key is the application


def _list(value: Json) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


KEY_CREDENTIALS = Rules(stop=_stop, normal=_normal, patch=_patch, danger=_danger)
