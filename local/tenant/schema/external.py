"""Kinds of external identities: providers, user flows and their attributes, extensions, listeners, sign-up flows.

All are served by one service, with a throttling limit of its own. Polymorphic parts of extensions, listeners and flows
(`handler`, `endpointConfiguration`…) are kept as they are.
"""

from local.tenant.schema.model import CHINA, NATIONAL, US_GOV, Held, Kind, LinkRule, links
from local.tenant.schema.notation import table, types

_BUCKET = "identityProviders"
_READ_ONLY: frozenset[str] = frozenset()
_FLOW_READS = ("IdentityUserFlow.Read.All",)
_FLOW_WRITES = ("IdentityUserFlow.ReadWrite.All",)
_WRITTEN = frozenset({"POST", "PATCH", "DELETE"})

COMPLEX = types(
    {
        "userAttributeValue": """
            isDefault bool?
            name string?
            value string?""",
        "customExtensionClientConfiguration": """
            maximumRetries int?
            timeoutInMilliseconds int?""",
        "returnClaim": "claimIdInApiResponse string?",
        "conditionApplication": "appId string",
        "conditionsApplications": """
            includeAllApplications bool?
            includeApplications conditionApplication[] set""",
        "authenticationConditions": "applications conditionsApplications?",
    }
)

IDENTITY_PROVIDER = Kind(
    name="identityProviderBase",
    collection="identityProviders",
    path="/identity/identityProviders",
    query=_READ_ONLY,
    methods=_READ_ONLY,
    bucket=_BUCKET,
    reads=("IdentityProvider.Read.All",),
    not_in=US_GOV,
    subtypes={
        "builtInIdentityProvider": (),
        "socialIdentityProvider": ("clientId", "clientSecret"),
        "appleManagedIdentityProvider": ("certificateData", "developerId", "keyId", "serviceId"),
    },
    properties=table("""
        id string ro
        displayName string?
        identityProviderType string?
        clientId string?
        clientSecret string?
        certificateData string?
        developerId string?
        keyId string?
        serviceId string?
    """),
)

LEGACY_IDENTITY_PROVIDER = Kind(
    name="identityProvider",
    collection="identityProviders",
    path="",
    parents=("/identity/b2xUserFlows/{id}/identityProviders",),
    keys=("id",),
    query=_READ_ONLY,
    methods=frozenset({"POST"}),  # together with its flow alone
    writes_with=_FLOW_WRITES,
    bucket=_BUCKET,
    reads=_FLOW_READS,
    not_in=US_GOV,
    properties=table("""
        id string create
        clientId string?
        clientSecret string?
        name string?
        type string?
    """),
)

USER_FLOW = Kind(
    name="b2xIdentityUserFlow",
    collection="b2xUserFlows",
    path="/identity/b2xUserFlows",
    keys=("id",),
    query=frozenset({"$expand"}),
    methods=frozenset({"POST", "DELETE"}),
    writes_with=_FLOW_WRITES,
    required=("id", "userFlowType", "userFlowTypeVersion"),
    bucket=_BUCKET,
    reads=_FLOW_READS,
    not_in=US_GOV,
    properties=table("""
        id string create
        userFlowType string
        userFlowTypeVersion int
    """),
    links=links(
        # Below the flow they take a permission to write; expanded in the list they do not.
        LinkRule(name="identityProviders", to=("identityProvider",), held=Held.CONTAINED, readable=False, deep=True),
        LinkRule(
            name="userAttributeAssignments",
            to=("identityUserFlowAttributeAssignment",),
            held=Held.CONTAINED,
        ),
        LinkRule(name="languages", to=("userFlowLanguageConfiguration",), held=Held.CONTAINED),
    ),
)

ATTRIBUTE_ASSIGNMENT = Kind(
    name="identityUserFlowAttributeAssignment",
    collection="userAttributeAssignments",
    path="",
    parents=("/identity/b2xUserFlows/{id}/userAttributeAssignments",),
    keys=("id",),
    query=frozenset({"$select", "$expand"}),
    methods=_WRITTEN,
    writes_with=_FLOW_WRITES,
    required=("userAttribute",),
    bucket=_BUCKET,
    reads=_FLOW_READS,
    not_in=US_GOV,
    properties=table("""
        id string create
        displayName string?
        isOptional bool?
        requiresVerification bool?
        userAttributeValues userAttributeValue[]
        userInputType string?
    """),
    links=links(LinkRule(name="userAttribute", to=("identityUserFlowAttribute",), single=True, told=True)),
)

USER_FLOW_LANGUAGE = Kind(
    name="userFlowLanguageConfiguration",
    collection="languages",
    path="",
    parents=("/identity/b2xUserFlows/{id}/languages",),
    keys=("id",),
    query=_READ_ONLY,
    methods=frozenset({"PUT"}),
    upsert=True,
    writes_with=_FLOW_WRITES,
    bucket=_BUCKET,
    reads=_FLOW_READS,
    not_in=US_GOV,
    properties=table("""
        id string create
        displayName string? ro
        isEnabled bool
    """),
)

USER_FLOW_ATTRIBUTE = Kind(
    name="identityUserFlowAttribute",
    collection="userFlowAttributes",
    path="/identity/userFlowAttributes",
    query=_READ_ONLY,
    methods=_WRITTEN,
    writes_with=_FLOW_WRITES,
    required=("dataType", "displayName"),
    bucket=_BUCKET,
    reads=_FLOW_READS,
    not_in=US_GOV,
    subtypes={"identityBuiltInUserFlowAttribute": (), "identityCustomUserFlowAttribute": ()},
    properties=table("""
        id string ro
        dataType string? create
        description string?
        displayName string? create
        userFlowAttributeType string? ro
    """),
)

CUSTOM_AUTHENTICATION_EXTENSION = Kind(
    name="customAuthenticationExtension",
    collection="customAuthenticationExtensions",
    path="/identity/customAuthenticationExtensions",
    query=frozenset({"$filter"}),
    methods=_WRITTEN,
    writes_with=("CustomAuthenticationExtension.ReadWrite.All",),
    required=("authenticationConfiguration", "endpointConfiguration"),
    bucket=_BUCKET,
    reads=("CustomAuthenticationExtension.Read.All",),
    not_in=CHINA,
    subtypes={
        "onTokenIssuanceStartCustomExtension": ("claimsForTokenConfiguration",),
        "onAttributeCollectionStartCustomExtension": (),
        "onAttributeCollectionSubmitCustomExtension": (),
        "onOtpSendCustomExtension": (),
    },
    properties=table("""
        id guid ro
        displayName string?
        description string?
        authenticationConfiguration open?
        behaviorOnError open?
        claimsForTokenConfiguration returnClaim[] set
        clientConfiguration customExtensionClientConfiguration?
        endpointConfiguration open?
    """),
)

AUTHENTICATION_EVENT_LISTENER = Kind(
    name="authenticationEventListener",
    collection="authenticationEventListeners",
    path="/identity/authenticationEventListeners",
    query=frozenset({"$filter", "$expand"}),
    methods=_WRITTEN,
    writes_with=("EventListener.ReadWrite.All",),
    required=("handler",),
    bucket=_BUCKET,
    reads=("EventListener.Read.All",),
    not_in=CHINA,
    subtypes={
        "onTokenIssuanceStartListener": (),
        "onAttributeCollectionStartListener": (),
        "onInteractiveAuthFlowStartListener": (),
    },
    properties=table("""
        id guid ro
        authenticationEventsFlowId string?
        conditions authenticationConditions?
        displayName string?
        handler open?
    """),
)

AUTHENTICATION_EVENTS_FLOW = Kind(
    name="authenticationEventsFlow",
    collection="authenticationEventsFlows",
    path="/identity/authenticationEventsFlows",
    query=frozenset({"$filter", "$expand", "$orderby", "$top"}),  # page sizes are not documented: 100 and 999
    methods=_WRITTEN,
    writes_with=("EventListener.ReadWrite.All",),
    required=("displayName",),
    bucket=_BUCKET,
    reads=("EventListener.Read.All",),
    not_in=NATIONAL,
    subtypes={
        "externalUsersSelfServiceSignUpEventsFlow": (
            "onAttributeCollection",
            "onAttributeCollectionStart",
            "onAttributeCollectionSubmit",
            "onAuthenticationMethodLoadStart",
            "onInteractiveAuthFlowStart",
            "onUserCreateStart",
        )
    },
    properties=table("""
        id guid ro
        displayName string?
        description string?
        conditions authenticationConditions?
        onAttributeCollection open?
        onAttributeCollectionStart open?
        onAttributeCollectionSubmit open?
        onAuthenticationMethodLoadStart open?
        onInteractiveAuthFlowStart open?
        onUserCreateStart open?
    """),
)

KINDS = (
    IDENTITY_PROVIDER,
    LEGACY_IDENTITY_PROVIDER,
    USER_FLOW,
    ATTRIBUTE_ASSIGNMENT,
    USER_FLOW_LANGUAGE,
    USER_FLOW_ATTRIBUTE,
    CUSTOM_AUTHENTICATION_EXTENSION,
    AUTHENTICATION_EVENT_LISTENER,
    AUTHENTICATION_EVENTS_FLOW,
)
