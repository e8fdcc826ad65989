"""More of the directory: contacts, the recycle bin, certificates, provisioning, and what is read in slow passes."""

from functions.catalogue import recycle_bin
from functions.catalogue.applications import APPLICATIONS, SERVICE_PRINCIPALS
from functions.catalogue.licences import P1
from functions.catalogue.model import Fetch, Lost, ObjectType, Part, Preset, Read, Relationship, Restore, Stage
from functions.catalogue.refusals import absent, refused, unlicensed

_CHINA = frozenset({"china"})

CONTACTS = ObjectType(
    key="contacts",
    title="Organizational contacts",
    path="/contacts",
    select=(
        "id",
        "deletedDateTime",
        "addresses",
        "companyName",
        "department",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mailNickname",
        "onPremisesLastSyncDateTime",
        "onPremisesProvisioningErrors",
        "onPremisesSyncEnabled",
        "phones",
        "proxyAddresses",
        "serviceProvisioningErrors",
        "surname",
    ),
    page_size=999,  # $top is documented, its maximum is not: as for the other directory lists
    relationships=(
        Relationship(name="manager", fetch=Fetch.EXPAND, single=True, read_scopes=("OrgContact.Read.All",)),
    ),
    natural_keys=("mail",),
    read_scopes=("OrgContact.Read.All",),
    tolerates=(*refused("OrgContact.Read.All"), *absent()),
    volatile=frozenset({"onPremisesLastSyncDateTime", "onPremisesProvisioningErrors", "serviceProvisioningErrors"}),
    read_only=frozenset(
        {
            "addresses",
            "companyName",
            "deletedDateTime",
            "department",
            "displayName",
            "givenName",
            "id",
            "jobTitle",
            "mail",
            "mailNickname",
            "onPremisesSyncEnabled",
            "phones",
            "proxyAddresses",
            "surname",
        }
    ),
    unrestored="contacts belong to Exchange or to Active Directory, and Graph can only read them: create the contact "
    "there again from the record.",
    notes=(
        "For reference. Which groups a contact is in is with the groups. Not read: onPremisesSyncBehavior (takes a "
        "write permission)."
    ),
)


_CERTIFICATES = (
    "The public part of certificates: a list answers null for it, so each object that has one is read by itself, at "
    "the 150 a minute that Graph allows a tenant. Private keys and secrets are never readable."
)
_CERTIFIED = ("id", "appId", "displayName", "keyCredentials")


def _certificates(live: ObjectType, key: str, title: str, preset: Preset, notes: str) -> ObjectType:
    return ObjectType(
        key=key,
        title=title,
        path=live.path,
        select=_CERTIFIED,
        read=Read.EACH,
        detail=_CERTIFIED,
        only_with="keyCredentials",
        page_size=999,
        bucket="keyCredentials",
        natural_keys=("appId",),
        read_scopes=("Application.Read.All",),
        preset=preset,
        tolerates=refused("Application.Read.All"),
        read_only=frozenset({"appId", "displayName", "id"}),
        depends_on=(live.key,),
        restore=Restore(
            collection=live.path,
            create=frozenset(),
            update=frozenset({"keyCredentials"}),
            stage=Stage.PRINCIPALS,
            follows=("id",),
            write_scopes=("Application.ReadWrite.All",),
            lost=(
                Lost(
                    what="Private keys",
                    why="Graph holds the public part of a certificate and never gives out a private key.",
                    todo="Where the private key is lost as well, have a new certificate made and use that.",
                    planned=False,
                ),
            ),
        ),
        notes=f"{_CERTIFICATES} {notes}",
    )


APPLICATION_KEY_CREDENTIALS = _certificates(
    APPLICATIONS,
    "applicationKeyCredentials",
    "Certificates of app registrations",
    Preset.STANDARD,
    "Needed to put a certificate back on a re-created application.",
)
SERVICE_PRINCIPAL_KEY_CREDENTIALS = _certificates(
    SERVICE_PRINCIPALS,
    "servicePrincipalKeyCredentials",
    "Certificates of enterprise applications",
    Preset.EVERYTHING,
    "Off by default: a certificate that signs tokens is of no use without its private key.",
)

DEVICE_EXTENSION_ATTRIBUTES = ObjectType(
    key="deviceExtensionAttributes",
    title="Extension attributes of devices",
    path="/devices",
    api="beta",
    select=("id", "deviceId", "displayName", "extensionAttributes"),
    page_size=999,
    natural_keys=("deviceId",),
    read_scopes=("Device.Read.All",),
    tolerates=(*refused("Device.Read.All"), *absent()),
    read_only=frozenset({"deviceId", "displayName", "id"}),
    depends_on=("devices",),
    restore=Restore(
        collection="/devices",
        create=frozenset(),
        update=frozenset({"extensionAttributes"}),
        stage=Stage.PRINCIPALS,
        write_scopes=("Device.ReadWrite.All",),
        lost=(
            Lost(
                what="The attributes of a device that is no longer in the tenant",
                why="They hang on the device object, which only a joining or registering machine makes.",
                todo="Join or register the machine anew, then set the attributes from the record on the new object.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "The fifteen attributes that dynamic groups and device filters of Conditional Access look at. v1.0 does not "
        "have them, so they are read on beta."
    ),
)

# A type of its own: what the provisioning service answers for a principal that it does not know is not documented, and
# the principals have to be whole whatever it says.
SYNCHRONIZATION_JOBS = ObjectType(
    key="synchronizationJobs",
    title="Provisioning jobs of enterprise applications",
    path="/servicePrincipals",
    select=("id", "appId", "displayName", "servicePrincipalType"),
    page_size=999,
    relationships=(
        Relationship(
            name="jobs",
            fetch=Fetch.BATCH,
            path="synchronization/jobs",
            may_lack=True,  # whether Graph answers 404 or an empty list where nothing is provisioned is unverified
            contained=True,
            select=(),
            detail=("schema",),
            volatile=frozenset({"status"}),
            only=("servicePrincipalType", frozenset({"Application"})),
            read_scopes=("Synchronization.Read.All",),
            notes="Template, schedule, settings and attribute mappings. How a job is doing changes every few minutes "
            "and is left out.",
        ),
    ),
    natural_keys=("appId",),
    read_scopes=("Application.Read.All",),
    tolerates=(*refused("Application.Read.All"), *absent()),
    read_only=frozenset({"appId", "displayName", "id", "servicePrincipalType"}),
    depends_on=("servicePrincipals",),
    unrestored="a job that is changed or started makes, changes and disables accounts in another system, with secrets "
    "that no backup holds, so that is for a person to do. POST /servicePrincipals/{id}/synchronization/jobs with the "
    "templateId of the record makes a job that is off; PUT the record's schema to its /schema; enter the secrets with "
    "PUT …/synchronization/secrets; POST …/validateCredentials; look at the mappings; then POST …/start.",
    notes=(
        "What provisions accounts into other systems: one record for each service principal, with its jobs and, inside "
        "each job, the schema that holds the attribute mappings. The credentials that a job uses are never readable."
    ),
)

USER_SIGN_IN_ACTIVITY = ObjectType(
    key="userSignInActivity",
    title="Last sign-ins of users",
    path="/users",
    select=("id", "userPrincipalName", "signInActivity"),
    page_size=500,  # the most that Graph gives when signInActivity is named
    bucket="signInActivity",
    name="userPrincipalName",
    natural_keys=("userPrincipalName",),
    read_scopes=("AuditLog.Read.All", "User.Read.All"),
    licence=P1,
    preset=Preset.EVERYTHING,
    tolerates=(*unlicensed(), *refused("AuditLog.Read.All", "User.Read.All")),
    volatile=frozenset({"signInActivity"}),
    read_only=frozenset({"id", "userPrincipalName"}),
    depends_on=("users",),
    unrestored="when somebody last signed in is a fact, not a setting.",
    notes=(
        "Off by default: 500 users a request, and 10 requests a minute. It makes no versions. Users who never signed "
        "in, or not since April 2020, have none."
    ),
)

USER_REGISTRATION_DETAILS = ObjectType(
    key="userRegistrationDetails",
    title="What users have registered to sign in with",
    path="/reports/authenticationMethods/userRegistrationDetails",  # $filter and $orderby are all it takes
    bucket="reports",
    name="userPrincipalName",
    natural_keys=("userPrincipalName",),
    read_scopes=("AuditLog.Read.All",),
    licence=P1,
    preset=Preset.EVERYTHING,
    tolerates=(*unlicensed(), *refused("AuditLog.Read.All"), *absent()),
    volatile=frozenset({"lastUpdatedDateTime"}),
    read_only=frozenset(
        {
            "id",
            "isAdmin",
            "isMfaCapable",
            "isMfaRegistered",
            "isPasswordlessCapable",
            "isSsprCapable",
            "isSsprEnabled",
            "isSsprRegistered",
            "isSystemPreferredAuthenticationMethodEnabled",
            "methodsRegistered",
            "systemPreferredAuthenticationMethods",
            "userDisplayName",
            "userPreferredMethodForSecondaryAuthentication",
            "userPrincipalName",
            "userType",
        }
    ),
    depends_on=("users",),
    unrestored="people register their methods themselves: issue a Temporary Access Pass and have them register again.",
    notes=(
        "The tenant's own report, one list for everybody: which kinds of methods each person has registered, which is "
        "the default, whether multifactor authentication and password reset are possible. id is the user's. Off by "
        "default: a report, not configuration. Accounts that are disabled are not in it, so disabling somebody ends "
        "the record here. Names, models and numbers of single methods are in the type userAuthenticationMethods."
    ),
)

USER_AUTHENTICATION_METHODS = ObjectType(
    key="userAuthenticationMethods",
    title="Sign-in methods of users",
    path="/users",
    select=("id", "userPrincipalName", "userType"),
    page_size=999,
    relationships=(
        Relationship(
            name="methods",
            fetch=Fetch.BATCH,
            path="authentication/methods",
            contained=True,
            select=(),
            bucket="reports",
            read_scopes=("UserAuthenticationMethod.Read.All",),
        ),
        Relationship(
            name="requirements",
            fetch=Fetch.BATCH,
            path="authentication/requirements",
            api="beta",
            single=True,
            contained=True,
            select=(),
            bucket="reports",
            read_scopes=("Policy.Read.All",),
            restorable=True,
            part=Part(
                keys=(),
                create=frozenset({"perUserMfaState"}),
                update=frozenset({"perUserMfaState"}),
                identity="",
                makes="PATCH",
            ),
            notes="The per-user state of multifactor authentication, on beta only.",
        ),
    ),
    name="userPrincipalName",
    natural_keys=("userPrincipalName",),
    read_scopes=("User.Read.All",),
    preset=None,
    missing_in=_CHINA,
    tolerates=(*refused("User.Read.All"), *absent()),
    read_only=frozenset({"id", "userPrincipalName", "userType"}),
    depends_on=("users",),
    restore=Restore(
        collection="/users",
        create=frozenset(),
        update=frozenset(),
        stage=Stage.PRINCIPALS,
        write_scopes=("Policy.ReadWrite.AuthenticationMethod",),
        lost=(
            Lost(
                what="The methods that people sign in with",
                why="People register them by themselves; neither keys nor numbers can be put back for them.",
                todo="Issue a Temporary Access Pass and have them register again.",
                planned=False,
            ),
        ),
    ),
    notes=(
        "What each person has registered: kind, name, model, telephone number, no secret. In no preset: switch it on "
        "by name. Graph allows five of these requests in ten seconds and wants two for each user, so a tenant of 1,000 "
        "users takes over an hour, and one of 10,000 eleven. userRegistrationDetails tells the kinds in minutes."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    CONTACTS,
    *recycle_bin.ENTRIES,
    APPLICATION_KEY_CREDENTIALS,
    SERVICE_PRINCIPAL_KEY_CREDENTIALS,
    DEVICE_EXTENSION_ATTRIBUTES,
    SYNCHRONIZATION_JOBS,
    USER_SIGN_IN_ACTIVITY,
    USER_REGISTRATION_DETAILS,
    USER_AUTHENTICATION_METHODS,
)
