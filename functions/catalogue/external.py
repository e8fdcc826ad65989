"""External identities: providers, user flows and their attributes, extensions, listeners, sign-up flows.

One service serves them all, 200 requests a minute for an app in a tenant, and says AADB2C for whatever it refuses.
"""

from functions.catalogue.model import (
    NAME_ID,
    Fetch,
    Lost,
    ObjectType,
    Outcome,
    Part,
    Relationship,
    Restore,
    Stage,
    Tolerated,
)
from functions.catalogue.refusals import absent, refused

_BUCKET = "identityProviders"
_PROVIDERS = "IdentityProvider.Read.All"
_FLOWS = "IdentityUserFlow.Read.All"
_EXTENSIONS = "CustomAuthenticationExtension.Read.All"
_LISTENERS = "EventListener.Read.All"
_WRITE_FLOWS = ("IdentityUserFlow.ReadWrite.All",)
_WRITE_LISTENERS = ("EventListener.ReadWrite.All",)
_EXTENSION = frozenset(
    {
        "authenticationConfiguration",
        "behaviorOnError",
        "claimsForTokenConfiguration",
        "clientConfiguration",
        "description",
        "displayName",
        "endpointConfiguration",
    }
)
_ASKED = frozenset({"displayName", "isOptional", "requiresVerification", "userAttributeValues", "userInputType"})
_SIGN_UP = frozenset(
    {
        "conditions",
        "description",
        "displayName",
        "onAttributeCollection",
        "onAuthenticationMethodLoadStart",
        "onInteractiveAuthFlowStart",
        "onUserCreateStart",
    }
)
_US_GOV = frozenset({"usGov", "usGovDoD"})

# Seen in the field as 400 AADB2C99039; the text alone is what other clients go by.
_NO_SIGN_UP = tuple(
    Tolerated(
        status=400,
        code=code,
        text=text,
        outcome=Outcome.UNAVAILABLE,
        remedy=(
            "Guest self-service sign-up is switched off, so there are no user flows. Nothing to do, unless you want "
            "them: then switch it on in the external collaboration settings."
        ),
    )
    for code, text in (("AADB2C99039", ""), ("", "self service sign up is not enabled"))
)
# A tenant of another kind; that the status is 403 is unverified. A missing permission has the same code.
_OTHER_KIND = Tolerated(
    status=403,
    code="AADB2C",
    text="requires feature",
    outcome=Outcome.UNAVAILABLE,
    remedy="Only tenants for customers (External ID) serve the type. Leave it out to silence the notice.",
)

IDENTITY_PROVIDERS = ObjectType(
    key="identityProviders",
    title="Identity providers",
    path="/identity/identityProviders",
    bucket=_BUCKET,
    id_pattern=NAME_ID,
    natural_keys=("id",),
    read_scopes=(_PROVIDERS,),
    missing_in=_US_GOV,
    tolerates=(*refused(_PROVIDERS), *absent()),
    read_only=frozenset({"id", "identityProviderType"}),
    unrestored="its secret cannot be read, so no write could be whole: set it up again with a new client secret.",
    notes=(
        "The ways in for guests besides Microsoft Entra accounts: built-in ones, Google, Facebook and others. Graph "
        "masks clientSecret and certificateData, so the record has asterisks and no secret."
    ),
)

B2X_USER_FLOWS = ObjectType(
    key="b2xUserFlows",
    title="User flows for guest sign-up",
    path="/identity/b2xUserFlows",
    expand=("identityProviders",),
    bucket=_BUCKET,
    id_pattern=NAME_ID,
    name="id",
    natural_keys=("id",),
    read_scopes=(_FLOWS,),
    missing_in=_US_GOV,
    tolerates=(*_NO_SIGN_UP, *refused(_FLOWS), *absent()),
    relationships=(
        Relationship(
            name="userAttributeAssignments",
            fetch=Fetch.BATCH,
            contained=True,
            expand=("userAttribute",),
            restorable=True,
            part=Part(
                keys=("id",),
                create=_ASKED | {"userAttribute"},
                update=_ASKED,
                required=frozenset({"userAttribute"}),
                removable=True,
            ),
            read_scopes=(_FLOWS,),
            notes="What is asked at sign-up. The order on the page is a call of its own and is not read.",
        ),
        Relationship(
            name="languages",
            fetch=Fetch.BATCH,
            contained=True,
            restorable=True,
            part=Part(
                keys=("id",),
                create=frozenset({"isEnabled"}),
                update=frozenset({"isEnabled"}),
                method="PUT",
                makes="PUT",
            ),
            read_scopes=(_FLOWS,),
            notes="Languages of the pages; texts that were replaced are not read.",
        ),
    ),
    depends_on=("identityProviders", "userFlowAttributes"),
    restore=Restore(
        collection="/identity/b2xUserFlows",
        create=frozenset({"id", "identityProviders", "userFlowType", "userFlowTypeVersion"}),
        update=frozenset(),
        required=frozenset({"id", "userFlowType", "userFlowTypeVersion"}),
        method="",
        stage=Stage.ACCESS,
        keeps_id=True,
        write_scopes=_WRITE_FLOWS,
        lost=(
            Lost(
                what="API connectors of the flow, replaced texts, and the order of what is asked",
                why="Reading them takes a permission to write, so they are in no backup.",
                todo="Set them on the flow by hand.",
            ),
        ),
    ),
    notes=(
        "identityProviders comes inside each record, because the call of its own takes a permission to write; so does "
        "apiConnectorConfiguration, which is not read. A tenant that has guest self-service sign-up switched off "
        "refuses the list: it ends as unavailable, and there is nothing to back up."
    ),
)

USER_FLOW_ATTRIBUTES = ObjectType(
    key="userFlowAttributes",
    title="User flow attributes",
    path="/identity/userFlowAttributes",
    bucket=_BUCKET,
    id_pattern=NAME_ID,
    natural_keys=("id",),
    read_scopes=(_FLOWS,),
    missing_in=_US_GOV,
    tolerates=(*_NO_SIGN_UP, *refused(_FLOWS), *absent()),
    read_only=frozenset({"id", "userFlowAttributeType"}),
    restore=Restore(
        collection="/identity/userFlowAttributes",
        create=frozenset({"dataType", "description", "displayName"}),
        update=frozenset({"description"}),
        required=frozenset({"dataType", "displayName"}),
        stage=Stage.ATTRIBUTES,
        keeps_id=True,  # made of the name and of the application that holds the tenant's attributes
        write_scopes=_WRITE_FLOWS,
        lost=(
            Lost(
                what="The values that people had",
                why="A custom attribute is a directory extension: deleting it takes the values along.",
                todo="Restore the users' property of that name; their records hold the values.",
            ),
        ),
    ),
    notes="Built-in attributes and those of the tenant's own, which are directory extensions of an application.",
)

CUSTOM_AUTHENTICATION_EXTENSIONS = ObjectType(
    key="customAuthenticationExtensions",
    title="Custom authentication extensions",
    path="/identity/customAuthenticationExtensions",
    bucket=_BUCKET,
    natural_keys=("displayName",),
    read_scopes=(_EXTENSIONS,),
    missing_in=frozenset({"china"}),
    tolerates=(*refused(_EXTENSIONS), *absent()),
    read_only=frozenset({"id"}),
    references=("authenticationConfiguration.resourceId",),
    depends_on=("applications",),
    restore=Restore(
        collection="/identity/customAuthenticationExtensions",
        create=_EXTENSION,
        update=_EXTENSION,
        required=frozenset({"authenticationConfiguration", "displayName", "endpointConfiguration"}),
        stage=Stage.ACCESS,
        write_scopes=("CustomAuthenticationExtension.ReadWrite.All",),
        lost=(
            Lost(
                what="The code that is called",
                why="It runs elsewhere, and the record has its address alone.",
                todo="Look whether the address still answers, and whether it trusts the application.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Code of the tenant's own that is called at sign-in: its address and the application whose token it takes, "
        "which resourceId ends in. The code itself runs elsewhere."
    ),
)

AUTHENTICATION_EVENT_LISTENERS = ObjectType(
    key="authenticationEventListeners",
    title="Authentication event listeners",
    path="/identity/authenticationEventListeners",
    bucket=_BUCKET,
    name="id",
    read_scopes=(_LISTENERS,),
    missing_in=frozenset({"china"}),
    tolerates=(*refused(_LISTENERS), *absent()),
    read_only=frozenset({"authenticationEventsFlowId", "id"}),
    references=(
        "authenticationEventsFlowId",
        "conditions.applications.includeApplications.appId",
        "handler.customExtension.authenticationConfiguration.resourceId",
        "handler.customExtension.id",
    ),
    leads_to={"authenticationEventsFlowId": ("authenticationEventsFlows",)},
    depends_on=("applications", "servicePrincipals", "customAuthenticationExtensions"),
    restore=Restore(
        collection="/identity/authenticationEventListeners",
        create=frozenset({"conditions", "displayName", "handler"}),
        update=frozenset({"conditions", "handler"}),
        required=frozenset({"handler"}),
        stage=Stage.ASSIGNED,
        write_scopes=_WRITE_LISTENERS,
        lost=(
            Lost(
                what="Listeners of a sign-up flow",
                why="They belong to the flow, which makes them by itself.",
                todo="Restore the flow: authenticationEventsFlows.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "Which applications call which extension at which moment of a sign-in. The handler holds the extension as it "
        "was when the listener was read. Most listeners have no name, so they are listed by id."
    ),
)

AUTHENTICATION_EVENTS_FLOWS = ObjectType(
    key="authenticationEventsFlows",
    title="Sign-up and sign-in flows of External ID",
    path="/identity/authenticationEventsFlows",
    bucket=_BUCKET,
    natural_keys=("displayName",),
    read_scopes=(_LISTENERS,),
    missing_in=frozenset({"china", "usGov", "usGovDoD"}),
    tolerates=(_OTHER_KIND, *refused(_LISTENERS), *absent()),
    ordered=frozenset(
        {
            "onAttributeCollection.attributeCollectionPage.views",
            "onAttributeCollection.attributeCollectionPage.views.inputs",
            "onAttributeCollection.attributeCollectionPage.views.inputs.options",
        }
    ),
    read_only=frozenset({"id", "onAttributeCollectionStart", "onAttributeCollectionSubmit"}),
    references=("conditions.applications.includeApplications.appId",),
    depends_on=("applications", "identityProviders"),
    restore=Restore(
        collection="/identity/authenticationEventsFlows",
        create=_SIGN_UP,
        update=_SIGN_UP,
        required=frozenset({"displayName"}),
        stage=Stage.ACCESS,
        write_scopes=_WRITE_LISTENERS,
        lost=(
            Lost(
                what="Which listeners call the flow's extensions",
                why="The flow's own listeners come with it and have new ids; those made for the old flow name it.",
                todo="Restore the listeners after the flow, and look which of them its page in the portal shows.",
            ),
        ),
    ),
    notes=(
        "Tenants for employees do not serve it as a rule: the refusal that names a feature is taken for that. Views "
        "and inputs of the sign-up page keep their order."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    IDENTITY_PROVIDERS,
    USER_FLOW_ATTRIBUTES,
    B2X_USER_FLOWS,
    CUSTOM_AUTHENTICATION_EXTENSIONS,
    AUTHENTICATION_EVENT_LISTENERS,
    AUTHENTICATION_EVENTS_FLOWS,
)
