"""Users, with their manager and sponsors."""

from functions.catalogue.model import Deletes, Extra, Fetch, Lost, ObjectType, Preset, Relationship, Restore, Stage
from functions.catalogue.refusals import refused

_DEFAULT = (
    "id",
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "securityIdentifier",
    "surname",
    "userPrincipalName",
)

_ON_PREMISES = (
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
)

_ONLY_WHEN_SELECTED = (
    "accountEnabled",
    "ageGroup",
    "assignedLicenses",
    "assignedPlans",
    "authorizationInfo",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "department",
    "employeeHireDate",
    "employeeId",
    "employeeOrgData",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "identities",
    "imAddresses",
    "isManagementRestricted",
    "isResourceAccount",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "licenseAssignmentStates",
    "mailNickname",
    "otherMails",
    "passwordPolicies",
    "passwordProfile",
    "postalCode",
    "preferredDataLocation",
    "provisionedPlans",
    "proxyAddresses",
    "serviceProvisioningErrors",
    "showInAddressList",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
    "usageLocation",
    "userType",
)

_SELECT = _DEFAULT + _ONLY_WHEN_SELECTED + _ON_PREMISES

_UPDATE = frozenset(
    {
        "accountEnabled",
        "ageGroup",
        "businessPhones",
        "city",
        "companyName",
        "consentProvidedForMinor",
        "country",
        "department",
        "displayName",
        "employeeHireDate",
        "employeeId",
        "employeeOrgData",
        "employeeType",
        "faxNumber",
        "givenName",
        "jobTitle",
        "mail",
        "mailNickname",
        "mobilePhone",
        "officeLocation",
        "onPremisesExtensionAttributes",
        "onPremisesImmutableId",
        "otherMails",
        "passwordPolicies",
        "postalCode",
        "preferredDataLocation",
        "preferredLanguage",
        "state",
        "streetAddress",
        "surname",
        "usageLocation",
        "userPrincipalName",
        "userType",
    }
)

# Each in a call of its own, by which an account that exists is changed
_LEAVE_DATE = "employeeLeaveDateTime"
_ATTRIBUTES = "customSecurityAttributes"

# A password can only be set. It is part of a re-creation, and never of a change to an account that exists.
_CREATE = _UPDATE | {"passwordProfile"}

_LOST = (
    Lost(
        what="The password",
        why="Microsoft Graph never gives a password out, so no backup holds it.",
        todo="Hand the temporary password to the person; it has to be changed at the next sign-in.",
        planned=False,
    ),
    Lost(
        what="Sign-in methods: MFA registrations, passkeys, Windows Hello, the Authenticator app",
        why="They cannot be exported, and come back only when the account returns from the recycle bin.",
        todo="Issue a Temporary Access Pass and have the person register again.",
    ),
    Lost(
        what="The per-user MFA state and the times of the last sign-ins",
        why="Both belong to the old account. The times are history; the state is set for a person, with the methods.",
        todo="If userAuthenticationMethods was backed up, set the state again as its requirements say; the times are "
        "in userSignInActivity.",
    ),
    Lost(
        what="The object id, and the mailbox, OneDrive and Teams content bound to it, of an account deleted for good",
        why="A re-created account gets a new id and a new security identifier.",
        todo="References in backed-up objects follow the new id; reconnect the mailbox in Exchange and fix the rest.",
    ),
    Lost(
        what="Properties of users synchronised from Active Directory",
        why="Active Directory is their source; Entra ID refuses to change them.",
        todo="Restore the user in Active Directory and let the synchronisation run.",
        planned=False,
    ),
    Lost(
        what="Licences inherited from a group, and what the services keep behind a licence",
        why="Licences assigned to the person are assigned again; those of a group follow once they are processed.",
        todo="Look at licenseAssignmentStates after a while: a product without a free seat shows an error there.",
        planned=False,
    ),
    Lost(
        what="A guest's invitation and the external sign-in identities",
        why="A guest who was deleted for good has to be invited and to accept again: an invitation lets somebody of "
        "another organisation in, and nobody can tell beforehand who will use it.",
        todo="Invite the guest anew (POST /invitations), then add the new account to what the record of the old one "
        "was in.",
        planned=False,
    ),
    Lost(
        what="Proxy addresses, certificate user ids and whether the user shows in the address list",
        why="They are mastered by Exchange or need a permission of their own.",
        todo="Compare with the record and set them in Exchange or in the Entra admin center.",
    ),
)

USERS = ObjectType(
    key="users",
    title="Users",
    path="/users",
    select=_SELECT,
    extras=(
        Extra(select=("customSecurityAttributes",), read_scopes=("CustomSecAttributeAssignment.Read.All",)),
        Extra(select=("employeeLeaveDateTime",), read_scopes=("User-LifeCycleInfo.Read.All",)),
    ),
    extension_values="User",
    page_size=999,
    relationships=(
        # Graph shrinks an expanded page to 100, which is still five times fewer requests than batches of 20.
        Relationship(name="manager", fetch=Fetch.EXPAND, single=True, restorable=True, read_scopes=("User.Read.All",)),
        Relationship(name="sponsors", fetch=Fetch.EXPAND, restorable=True, read_scopes=("User.Read.All",)),
    ),
    natural_keys=("userPrincipalName",),
    read_scopes=("User.Read.All",),
    preset=Preset.ESSENTIAL,
    bin="deletedUsers",
    tolerates=refused("User.Read.All"),
    # Plans follow from licences: when Microsoft adds a service plan to a product, every licensed user would change.
    volatile=frozenset(
        {
            "assignedPlans",
            "licenseAssignmentStates.lastUpdatedDateTime",
            "onPremisesLastSyncDateTime",
            "onPremisesProvisioningErrors",
            "provisionedPlans",
            "serviceProvisioningErrors",
        }
    ),
    read_only=frozenset(_SELECT) - _CREATE,
    references=("licenseAssignmentStates.assignedByGroup",),
    leads_to={"licenseAssignmentStates.assignedByGroup": ("groups",)},
    restore=Restore(
        collection="/users",
        create=_CREATE,
        update=_UPDATE | {_ATTRIBUTES, _LEAVE_DATE},
        required=frozenset({"accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"}),
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/{id}",
        stage=Stage.PRINCIPALS,
        deletes=Deletes.SOFT,
        write_scopes=("User.ReadWrite.All",),
        bin_scopes=("User.DeleteRestore.All",),
        scopes_for={
            "assignedLicenses": ("LicenseAssignment.ReadWrite.All",),
            _ATTRIBUTES: ("CustomSecAttributeAssignment.ReadWrite.All",),
            _LEAVE_DATE: ("User-LifeCycleInfo.ReadWrite.All",),
            "identities": ("User.ManageIdentities.All",),
        },
        lost=_LOST,
    ),
    notes=(
        "licenseAssignmentStates tells licences that were assigned to the person (assignedByGroup is null) from "
        "those inherited from a group (assignedByGroup is its id). Custom security attributes and the leave date "
        "need a permission each; without it the users are whole otherwise. Values of directory extensions are read "
        "and written back, unless the application that owns the extension was re-created: its extensions have new "
        "names. The last sign-in and the sign-in methods are types of their own. Not read: onPremisesSyncBehavior "
        "(takes a write permission), values of schema and open extensions (no list gives them without their names), "
        "identityParentId (the metadata names it, no page describes it), photos. memberOf, directReports and what "
        "somebody owns follow from the records of the other side. Not read because a list that names them fails "
        "with 501: aboutMe, birthday, deviceEnrollmentLimit, hireDate, interests, mailboxSettings, mySite, "
        "pastProjects, preferredName, print, responsibilities, schools, skills. To change the account, phones, "
        "other mail addresses or sign-in name of an administrator, the restorer also needs the directory role "
        "Privileged Authentication Administrator."
    ),
)
