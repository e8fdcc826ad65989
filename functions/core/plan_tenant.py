"""What restoring settings of the tenant as a whole asks for beyond the catalogue: pure.

Settings of groups go as a whole set of values, images of the branding one by one as bytes, values of a security
attribute in one change of its definition. No domain is added, and none is ever federated.
"""

from collections.abc import Sequence

from functions.catalogue.model import Fetch
from functions.core.diff import same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_contained import left_over, sides
from functions.core.plan_rules import Call, Gaps, Rules, Situation
from functions.core.record import Json, Object

_DEFAULT_BRANDING = "0"
_SERVED = frozenset({"isDefault", "supportedServices"})


def _elsewhere(s: Situation) -> Gaps:
    if s.live.standing != "gone":
        return []
    return [
        LossGap(
            f"The tenant {s.name} does not come back",
            "Its record is of another tenant than the one that is written to, and a tenant is not created.",
            "Compare the record with the tenant that is there, and set by hand what it shall take over.",
        )
    ]


def _all_values(s: Situation, body: Object, gaps: Gaps) -> Object:
    """Graph wants every value that the template has, also one that is newer than the backup."""
    values = body.get("values")
    if not isinstance(values, list):
        return body
    known = {value.get("name") for value in values if isinstance(value, dict)}
    there = s.current.get("values")
    newer = [v for v in there if isinstance(v, dict) and v.get("name") not in known] if isinstance(there, list) else []
    return {**body, "values": [*values, *newer]}


def _lifetime(thing: Object) -> int:
    days = thing.get("groupLifetimeInDays")
    return days if isinstance(days, int) else 0


def _shorter(s: Situation, body: Object, gaps: Gaps) -> Object:
    if 0 < _lifetime(body) < _lifetime(s.current):
        gaps.append(_expiring(s, f"Groups lived {_lifetime(s.current)} days until now, and {_lifetime(body)} again."))
    return body


def _expires(s: Situation) -> Gaps:
    return [_expiring(s, f"Groups that are not renewed live {_lifetime(s.wanted)} days again.")]


def _expiring(s: Situation, why: str) -> LossGap:
    return LossGap("Microsoft 365 groups may expire", why, "Look which groups are due, and renew those in use.")


def _ageing(s: Situation, step: Step) -> Danger:
    return "elevated" if isinstance(step.body, dict) and "groupLifetimeInDays" in step.body else "low"


def _proved(s: Situation) -> Gaps:
    if s.live.standing == "gone":
        return [
            LossGap(
                f"The domain {s.name} does not come back",
                "A domain is added by its name and has to be proved by a record in its DNS zone.",
                "Add it by hand, set the TXT record that it asks for, verify it, then make a new plan.",
            )
        ]
    if s.current.get("isVerified") is True:
        return []
    return [
        LossGap(
            f"The domain {s.name} is left as it is",
            "It is not verified, and Graph changes nothing of such a domain.",
            "Verify it by its DNS record, then make a new plan.",
        )
    ]


def _domain(s: Situation, body: Object, gaps: Gaps) -> Object:
    if not same(s.wanted.get("authenticationType"), s.current.get("authenticationType")):
        gaps.append(
            LossGap(
                f"The domain {s.name} stays {s.current.get('authenticationType')}",
                f"It was {s.wanted.get('authenticationType')}. Whoever holds the signing certificate of a federation "
                "can sign in as anybody, so no plan writes it.",
                "Convert the domain by hand, with the certificate that the federation service has today.",
            )
        )
    if body.get("isDefault") is False:
        del body["isDefault"]
        gaps.append(
            LossGap(
                f"The domain {s.name} stays the default (isDefault)",
                "A domain stops being the default when another becomes it.",
                "Restore the domain that was the default.",
            )
        )
    if body.get("isDefault") is True and "isDefault" not in (s.options.properties or ()):
        del body["isDefault"]
        gaps.append(
            LossGap(
                f"The domain {s.name} does not become the default again (isDefault)",
                "From then on new accounts get names in it, so it is changed only where exactly that is asked for.",
                'Ask for it by itself: a plan of this object with "properties": ["isDefault"].',
            )
        )
    return body


def _serving(s: Situation, step: Step) -> Danger:
    return "elevated" if isinstance(step.body, dict) and _SERVED & step.body.keys() else "low"


def _no_default(s: Situation) -> Gaps:
    if s.live.standing != "gone" or s.identity != _DEFAULT_BRANDING:
        return []
    return [
        LossGap(
            "The default branding is not made by itself",
            "Graph makes it together with the first language, and has no call for it alone.",
            "Restore the branding of one language, then make a new plan for the default.",
        )
    ]


def _images(s: Situation, gaps: Gaps) -> Sequence[Call]:
    calls = []
    for relationship in s.entry.relationships:
        both = sides(s, relationship.name, gaps) if relationship.fetch is Fetch.STREAM else None
        if both is None:
            continue
        if both.current and not both.wanted:
            gaps += left_over(s, [relationship.name], "Remove the image on the page Company branding of the portal.")
        calls += [_upload(relationship.name, image) for image in both.wanted if image not in both.current]
    return calls


def _upload(name: str, image: Object) -> Call:
    """The body says what the bytes are; they are sent bare, under their own content type."""
    return Call(
        method="PUT",
        path=f"/{name}",
        body=image,
        reason="The image differs from the backup.",
        after={name: [image]},
        link=name,
        headers={"Content-Type": str(image.get("contentType"))},
    )


def _left(s: Situation) -> Gaps:
    if s.current.get("state") == s.wanted.get("state") or s.wanted.get("state") != "active":
        return []
    return [
        LossGap(
            f"{s.name} is left as it is",
            f"The multitenant organization is {s.current.get('state') or 'not there'} and was active. Founding one is "
            "a decision of its own, and every other tenant joins by itself.",
            "Found it again in the portal and add the tenants of the record, then make a new plan.",
        )
    ]


def _trust(s: Situation, step: Step) -> Danger:
    """Whoever holds the key of another organization's certificate signs in as any of its guests."""
    return "high"


def _values(s: Situation, gaps: Gaps) -> Sequence[Call]:
    both = sides(s, "allowedValues", gaps)
    if both is None:
        return ()
    there = {value.get("id"): value.get("isActive") for value in both.current}
    named = {value.get("id") for value in both.wanted}
    gaps += left_over(s, (str(id) for id in there.keys() - named), "Deactivate the value, if nobody shall choose it.")
    missing: list[Json] = [
        {"id": value.get("id"), "isActive": value.get("isActive")}
        for value in both.wanted
        if value.get("id") not in there or value.get("isActive") != there[value.get("id")]
    ]
    if not missing:
        return ()
    return [
        Call(
            method="PATCH",
            path="",
            body={"allowedValues@delta": missing},
            reason="The values to choose from differ from the backup.",
            before={"allowedValues": [{"id": id, "isActive": active} for id, active in there.items()]},
            after={"allowedValues": missing},
            link="allowedValues",
            headers={"OData-Version": "4.01"},  # without it Graph knows no changes of a list
        )
    ]


def _predefined(s: Situation, body: Object, gaps: Gaps) -> Object:
    if body.get("usePreDefinedValuesOnly") is True:
        del body["usePreDefinedValuesOnly"]
        gaps.append(
            LossGap(
                f"{s.name} keeps taking any value",
                "Graph lets usePreDefinedValuesOnly go from true to false, and not back.",
                "Deactivate the attribute and make a new one, if only the predefined values may be chosen.",
            )
        )
    return body


ORGANIZATION = Rules(
    stop=_elsewhere, never_null=frozenset({"marketingNotificationEmails", "technicalNotificationMails"})
)
GROUP_SETTING = Rules(patch=_all_values, never_null=frozenset({"values"}))
GROUP_LIFECYCLE = Rules(
    patch=_shorter,
    create_notes=_expires,
    danger=_ageing,
    never_null=frozenset({"groupLifetimeInDays", "managedGroupTypes"}),
)
DOMAIN = Rules(stop=_proved, patch=_domain, danger=_serving, never_null=frozenset({"isDefault"}))
BRANDING = Rules(stop=_no_default, calls=_images)
ALLIANCE = Rules(stop=_left)
FEDERATION = Rules(danger=_trust)
ATTRIBUTE = Rules(patch=_predefined, calls=_values, never_null=frozenset({"status", "usePreDefinedValuesOnly"}))
