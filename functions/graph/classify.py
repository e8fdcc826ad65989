"""What a refused or failed read means for a type: the outcome, and what a person is told.

In: the error of a call, the catalogue entry, the cloud. Out: a `Gap`. A tolerated refusal of the entry comes first,
then what is known of Graph's errors; what nothing explains is `failed`. Decided by status and code alone, never by
Graph's wording, except where the entry names a text.
"""

import re
from dataclasses import dataclass

from functions.catalogue.model import ObjectType, Outcome, Tolerated
from functions.errors import DeltaExpired, GraphError, GraphThrottled, GraphTokenRefused, PageTokenExpired

_CODES = {
    Outcome.READ: "notSet",
    Outcome.PARTIAL: "partlyRefused",
    Outcome.REFUSED: "permissionMissing",
    Outcome.UNLICENSED: "licenceMissing",
    Outcome.UNAVAILABLE: "notInThisCloud",
}
_NO_LICENCE = frozenset({"aadpremiumlicenserequired", "authentication_requestfromnonpremiumtenantorb2ctenant"})
_NO_IDENTITY = "authorization_identitynotfound"
_TELLING = _NO_LICENCE | {_NO_IDENTITY}
_AMBIGUOUS = frozenset({"forbidden", "accessdenied"})  # other services say this for a missing licence too
_CLEAN = re.compile(r"[A-Za-z0-9 ,.;:'()/_-]{1,160}")
_PERSONAL = re.compile(r"@|://|[0-9a-f]{8}-[0-9a-f]{4}-")


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing and what to do about it."""

    outcome: Outcome
    code: str
    message: str
    remedy: str


def gap(error: GraphError, entry: ObjectType, cloud: str) -> Gap:
    """The gap that `error` leaves in reading `entry` in `cloud`."""
    tolerated = next((rule for rule in entry.tolerates if _matches(rule, error)), None)
    if tolerated is not None:
        return _gap(tolerated.outcome, error, entry, tolerated.remedy)
    outcome = _outcome(error, entry, cloud)
    return _gap(outcome, error, entry, error.remedy or _advice(outcome, error, entry, cloud))


def _matches(rule: Tolerated, error: GraphError) -> bool:
    if not rule.code and not rule.text and error.graph_code.lower() in _TELLING:
        return False  # a rule for the status alone knows less than the code does
    return (
        rule.status == error.status
        and rule.code.lower() in {"", error.graph_code.lower()}
        and rule.text.lower() in error.graph_message.lower()
    )


def _outcome(error: GraphError, entry: ObjectType, cloud: str) -> Outcome:
    code = error.graph_code.lower()
    if code in _NO_LICENCE or error.status == 402:
        return Outcome.UNLICENSED
    if error.status == 403 or code == _NO_IDENTITY:
        return Outcome.REFUSED
    if isinstance(error, DeltaExpired | PageTokenExpired):
        return Outcome.FAILED
    if error.status in {404, 501} or (error.status == 400 and cloud in entry.missing_in):
        return Outcome.UNAVAILABLE
    return Outcome.FAILED


def _gap(outcome: Outcome, error: GraphError, entry: ObjectType, remedy: str) -> Gap:
    if outcome is Outcome.REFUSED and not all(scope in remedy for scope in entry.read_scopes):
        remedy = f"{remedy} Reading it takes the permission {_scopes(entry)}.".lstrip()
    if outcome is Outcome.UNLICENSED and entry.licence not in remedy:
        remedy = f"{remedy} It takes the licence {entry.licence}."
    return Gap(outcome, _CODES.get(outcome, error.code), _message(outcome, error, entry), remedy)


def _message(outcome: Outcome, error: GraphError, entry: ObjectType) -> str:
    what = {
        Outcome.READ: "is not set in this tenant",
        Outcome.PARTIAL: "could be read only in part",
        Outcome.REFUSED: "could not be read: permission refused",
        Outcome.UNLICENSED: "could not be read: the tenant's licence does not include it",
        Outcome.UNAVAILABLE: "could not be read: it is not offered here",
    }.get(outcome, "could not be read")
    return f"{entry.title} ({entry.key}) {what}. {_answer(error)}"


def _answer(error: GraphError) -> str:
    if not error.status:
        return f"{error.message.removesuffix('.')}."
    said = f"Graph answered {error.status} {error.graph_code}".rstrip()
    if error.path:
        said += f" to {error.path}"
    if error.request_id:
        said += f", request {error.request_id}"
    text = error.graph_message.strip()
    if _CLEAN.fullmatch(text) and not _PERSONAL.search(text):
        said += f": {text.removesuffix('.')}"
    return f"{said}."


def _advice(outcome: Outcome, error: GraphError, entry: ObjectType, cloud: str) -> str:
    code = error.graph_code.lower()
    if code == _NO_IDENTITY:
        return "Check that the reader identity exists in this tenant and is not disabled."
    if outcome is Outcome.REFUSED:
        grant = f"Grant the reader identity {_scopes(entry)}, then run the backup again."
        if code in _AMBIGUOUS and entry.licence:
            return f"{grant} If it is granted, the tenant lacks the licence: {entry.licence}."
        return grant
    if outcome is Outcome.UNLICENSED:
        return f"It needs {entry.licence or 'a licence the tenant lacks'}; without it there is nothing to back up."
    if outcome is Outcome.UNAVAILABLE:
        return f"Nothing to do while Graph does not offer it (cloud: {cloud})."
    if isinstance(error, GraphTokenRefused):
        return f"Check that the reader identity belongs to this tenant and that GRAPH_URL is its cloud's ({cloud})."
    if isinstance(error, GraphThrottled):
        return "Nothing to do: the next run reads it again. If it happens often, move the schedule to a quiet hour."
    return "The next run reads it again. If that fails too, the log names the requests."


def _scopes(entry: ObjectType) -> str:
    return " and ".join(entry.read_scopes) or "of its type"
