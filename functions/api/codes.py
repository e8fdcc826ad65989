"""Every code a caller can meet: its status, what it means and what to do. Data only.

`docs/errors.md` is printed from this table and the OpenAPI description refers to it. A code is part of the public
surface: it is never renamed and never given another meaning.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One error. `title` is the same for every occurrence; what happened this time is in the problem's `detail`."""

    slug: str
    status: int
    title: str
    todo: str


_ALL = (
    # The request itself
    Code(
        "invalidQuery",
        400,
        "A query parameter is unknown, given twice or out of range",
        "Send only the parameters the call takes, each once; see the description at `/api/openapi.json`.",
    ),
    Code(
        "malformedId",
        400,
        "The object id cannot be an id of this type",
        "Most ids are GUIDs. Search by name with `GET /api/objects/{type}?name=` to find the id.",
    ),
    Code(
        "malformedRunId",
        400,
        "The run id does not look like `2026-11-22T020000Z`",
        "Take run ids from `GET /api/backups` or from an object's versions.",
    ),
    Code(
        "malformedPlanId",
        400,
        "The plan id cannot be one",
        "Take the plan id from the answer of `POST /api/restore/plans`.",
    ),
    Code(
        "invalidJson",
        400,
        "The body is not JSON",
        "Send one UTF-8 JSON object without repeated names, not deeply nested.",
    ),
    Code(
        "invalidBody",
        400,
        "The body is JSON, but not what this call takes",
        "Correct the field named in `detail`; fields that are not described are refused.",
    ),
    Code(
        "notRestorable",
        400,
        "Lifeboat cannot write objects of this type, or this property or relationship of it",
        "See `docs/restore.md` for what can be restored. The record itself can be read and used by hand.",
    ),
    Code(
        "invalidRequest",
        400,
        "The request cannot be served as it was put",
        "Correct what `detail` names.",
    ),
    Code("bodyTooLarge", 413, "The body is larger than 128 KiB", "Send a smaller body."),
    Code(
        "unsupportedMediaType",
        415,
        "The body is not declared as JSON",
        "Send the header `Content-Type: application/json`.",
    ),
    # Who asks
    Code(
        "notAuthenticated",
        401,
        "Nobody is signed in",
        "Sign in, or send a bearer token for this app.",
    ),
    Code(
        "invalidPrincipal",
        401,
        "The platform's statement about the caller cannot be read or names no one",
        "Sign in again. If it stays, check the app's authentication settings.",
    ),
    Code(
        "wrongTenant",
        403,
        "The caller belongs to another tenant",
        "Sign in with an account of the tenant that this app backs up.",
    ),
    Code(
        "wrongAudience",
        403,
        "The token was issued for another application",
        "Get one for the client id of this app's registration: `docs/access.md`. If it was, compare that id with the "
        "setting `AUTH_AUDIENCES`.",
    ),
    Code(
        "missingRole",
        403,
        "The caller lacks the role for this call",
        "Ask for the app role named in `detail`. No role includes another.",
    ),
    Code(
        "authenticationOff",
        403,
        "The platform's authentication is switched off or not set up, so no caller can be trusted",
        "Switch App Service Authentication on (`WEBSITE_AUTH_ENABLED`) and name the app registration in "
        "`AUTH_AUDIENCES`: `docs/access.md`. Until then every call is refused.",
    ),
    Code(
        "restoreDisabled",
        403,
        "Restore is switched off",
        "Turn it on with the setting `RESTORE_ENABLED` and give the restorer identity its permissions.",
    ),
    Code(
        "otherCaller",
        403,
        "Passwords are shown only to the caller who applied the plan",
        "Ask that caller, or reset the password in the Entra admin center.",
    ),
    Code(
        "secretType",
        403,
        "Objects of this type hold secrets, which are answered to nobody",
        "Open the file in the container `secrets` of the storage account: `docs/format.md` says where it lies.",
    ),
    # What was asked for
    Code(
        "unknownType",
        404,
        "There is no such object type",
        "Use a type of the catalogue, for example `users` or `conditionalAccessPolicies`.",
    ),
    Code(
        "neverRebuilt",
        404,
        "The index has never been made anew",
        "Nothing to do: every run keeps the index. `POST /api/index` makes it anew from the files.",
    ),
    Code(
        "unknownRun",
        404,
        "There is no such run, or it was never committed",
        "Take run ids from `GET /api/backups`; only committed runs can be read from.",
    ),
    Code(
        "unknownObject",
        404,
        "No backup holds this object",
        "Check the id, or search by name. An object created after the newest run is in the next one.",
    ),
    Code(
        "invalidCursor",
        404,
        "There is no such page: the cursor was not given out for this list",
        "Send `nextCursor` of the page before as it was, with the same other parameters, or start without a cursor.",
    ),
    Code(
        "typeNotInRun",
        404,
        "No run up to this one has read the type to its end",
        "Compare with a later run; `GET /api/types` says why the type could not be read.",
    ),
    Code(
        "logType",
        404,
        "The type is a log: a stream of events, not a list of objects",
        "Open the log's files in the storage account: `docs/format.md` says where they lie.",
    ),
    Code(
        "noLiveAddress",
        409,
        "Graph cannot be asked for one object of this type by its id",
        "Run a backup of the type and compare two runs.",
    ),
    Code("unknownPage", 404, "The plan has no such page of items", "Ask for a page from 1 to `pages` of the plan."),
    Code("unknownPlan", 404, "There is no such restore plan", "Make a plan with `POST /api/restore/plans`."),
    Code(
        "indexBusy",
        409,
        "Something is working with the index, or it is being made anew",
        "Wait until it has ended: `GET /api/index`, `GET /api/backups`, `GET /api/verify`, `GET /api/retention`.",
    ),
    Code(
        "indexNotEmpty",
        409,
        "There is an index already",
        'Send `{"replace": true}` to have it removed and made anew from the files.',
    ),
    Code(
        "verifyAlreadyRunning",
        409,
        "A verification of this tenant's backups is under way",
        "Wait until it has ended: `GET /api/verify`.",
    ),
    Code(
        "backupAlreadyRunning",
        409,
        "A backup of this tenant is running",
        "Wait for the run named in `detail`: `GET /api/backups/{runId}`.",
    ),
    Code(
        "rowConflict",
        409,
        "Somebody else changed the same thing at the same moment",
        "Read again and repeat the call.",
    ),
    Code("blobExists", 409, "A file that is written only once is there already", "Repeat the call."),
    Code(
        "restoreError",
        409,
        "The restore cannot be done",
        "Read `detail`; nothing further was written.",
    ),
    Code(
        "planExpired",
        409,
        "The plan is too old to be applied",
        "Make a new plan: the tenant may have changed since.",
    ),
    Code(
        "planNotApplicable",
        409,
        "The plan was applied before, or is in no state to be applied",
        "Look at the plan with `GET /api/restore/plans/{planId}`; make a new one to restore again.",
    ),
    Code(
        "passwordsAlreadyIssued",
        409,
        "The passwords of this plan were shown before and are stored nowhere",
        "Reset the passwords in the Entra admin center.",
    ),
    Code(
        "liveObjectMoved",
        409,
        "The object has changed since the plan was made",
        "Make a new plan and look at what differs now.",
    ),
    # What lies behind
    Code(
        "internalError",
        500,
        "Something failed that should not have",
        "Look for `reference` in the app's log. Nothing about the cause is in the answer.",
    ),
    Code(
        "invalidConfiguration",
        500,
        "Settings of the app are missing or wrong",
        "Correct the settings named in `detail`: `docs/operations.md`.",
    ),
    Code(
        "blobImmutable",
        409,
        "The storage account's immutability keeps a file unchanged",
        "Wait until its time is over; docs/operations.md says how long that is.",
    ),
    Code(
        "blobMissing",
        500,
        "A file that the index names is not in the storage account",
        "The backup was altered: compare the container with the manifest of the run.",
    ),
    Code(
        "rowMissing",
        500,
        "A row that should be in the index is not there",
        "The index was altered. Run a backup; if it stays, look at the tables.",
    ),
    Code(
        "formatError",
        500,
        "A file in the storage account is not what `docs/format.md` says",
        "The file was altered or cut short. Read another run.",
    ),
    Code(
        "unsupportedVersion",
        500,
        "A file was written in a format that this version cannot read",
        "Deploy a newer version of Lifeboat.",
    ),
    Code(
        "integrityError",
        500,
        "A file does not have the hash it was written with",
        "The file was altered. Read another run, and find out who can write to the account.",
    ),
    Code("graphError", 502, "Microsoft Graph did not do what was asked", "Read `detail`; try again later."),
    Code(
        "graphRejected",
        502,
        "Microsoft Graph refused the call",
        "Read `detail`: often a permission or a licence is missing (`docs/permissions.md`).",
    ),
    Code(
        "graphUnreachable",
        502,
        "Microsoft Graph gave no whole answer",
        "Try again. If it stays, look at the service health of Microsoft 365.",
    ),
    Code(
        "graphTokenRefused",
        502,
        "Microsoft Graph refused the app's token twice",
        "Check the managed identity and its permissions: `docs/permissions.md`.",
    ),
    Code("pageTokenExpired", 502, "Microsoft Graph ended a list before its last page was read", "Try again."),
    Code("deltaExpired", 502, "Microsoft Graph no longer knows where the last read ended", "Try again."),
    Code(
        "foreignLink",
        502,
        "A link in Microsoft Graph's answer led to another host and was not followed",
        "Nothing was sent there. Check `GRAPH_URL` and anything between the app and Graph.",
    ),
    Code(
        "writeUnverified",
        502,
        "A write was accepted by Microsoft Graph but could not be read back",
        "Look at the object itself before restoring again.",
    ),
    Code(
        "graphThrottled",
        503,
        "Microsoft Graph asks for a pause",
        "Wait as long as `Retry-After` says, then repeat the call.",
    ),
    Code("storeError", 503, "The storage account cannot be used", "Try again; check its network rules and roles."),
)

CODES: dict[str, Code] = {code.slug: code for code in _ALL}
