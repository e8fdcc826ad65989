"""Groups of every kind, with their members and owners."""

from functions.catalogue.model import (
    HIDDEN_MEMBERS,
    Deletes,
    Fetch,
    Linking,
    Lost,
    ObjectType,
    Part,
    Preset,
    Relationship,
    Restore,
    Stage,
)
from functions.catalogue.refusals import refused

_DEFAULT = (
    "id",
    "classification",
    "createdDateTime",
    "deletedDateTime",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "serviceProvisioningErrors",
    "theme",
    "visibility",
)

_ONLY_WHEN_SELECTED = (
    "assignedLabels",
    "assignedLicenses",
    "isManagementRestricted",
    "licenseProcessingState",
    "onPremisesExtensionAttributes",
    "resourceBehaviorOptions",
    "uniqueName",
)

_SELECT = _DEFAULT + _ONLY_WHEN_SELECTED

_UPDATE = frozenset(
    {
        "classification",
        "description",
        "displayName",
        "groupTypes",
        "mailEnabled",
        "mailNickname",
        "membershipRule",
        "membershipRuleProcessingState",
        "preferredLanguage",
        "securityEnabled",
        "theme",
        "visibility",
    }
)

_CREATE = _UPDATE | {"isAssignableToRole", "resourceBehaviorOptions"}

_LOST = (
    Lost(
        what="Members of a dynamic group",
        why="Entra ID computes them from the rule and refuses to have them written.",
        todo="Check the rule for ids of deleted objects; the members return when it is evaluated.",
        planned=False,
    ),
    Lost(
        what="Distribution groups and mail-enabled security groups",
        why="They belong to Exchange; Microsoft Graph can only read them.",
        todo="Re-create the group in Exchange from the record.",
        planned=False,
    ),
    Lost(
        what="Groups synchronised from Active Directory",
        why="Active Directory is their source; Entra ID refuses to change them.",
        todo="Restore the group in Active Directory and let the synchronisation run.",
        planned=False,
    ),
    Lost(
        what="The object id, and the mailbox, site, Team and plans bound to it, of a group deleted for good",
        why="A re-created group gets a new id, a new security identifier and empty workloads.",
        todo="References in backed-up objects follow the new id; restore content in the services and fix the rest.",
    ),
    Lost(
        what="The settings 'can be assigned to roles', 'hidden membership' and the behaviour options of a live group",
        why="They are fixed when the group is created.",
        todo="Only a new group can have them. A role-assignable group can be re-created only while the restorer "
        "identity also has RoleManagement.ReadWrite.Directory, which is as powerful as a Global Administrator.",
        planned=False,
    ),
    Lost(
        what="Sensitivity labels and the delivery settings of a Microsoft 365 group",
        why="Microsoft lets them be set by a signed-in administrator only.",
        todo="Set them in the admin center; the labels are in the record.",
    ),
    Lost(
        what="That a group was a team",
        why="A Team hangs on the group, with channels and files that live elsewhere.",
        todo="Make a team of the group in Teams, then restore its content with a backup of that service.",
        planned=False,
    ),
)

GROUPS = ObjectType(
    key="groups",
    title="Groups",
    path="/groups",
    select=_SELECT,
    extension_values="Group",
    page_size=999,
    relationships=(
        # On v1.0 the members call leaves service principals out; neither $expand nor beta does.
        Relationship(
            name="members",
            fetch=Fetch.EXPAND,
            api="beta",
            hidden=HIDDEN_MEMBERS,
            restorable=True,
            linking=Linking.BIND,
            write_scopes=("GroupMember.ReadWrite.All",),
            scopes_for={
                "device": ("Device.ReadWrite.All",),
                "orgContact": ("OrgContact.Read.All",),
                "servicePrincipal": ("Application.ReadWrite.All",),
            },
            read_scopes=("GroupMember.Read.All", "Member.Read.Hidden"),
        ),
        Relationship(name="owners", fetch=Fetch.EXPAND, restorable=True, read_scopes=("GroupMember.Read.All",)),
        # Of a group's navigations this one is not documented to be expandable.
        Relationship(
            name="settings",
            fetch=Fetch.BATCH,
            contained=True,
            select=(),
            only=("groupTypes", frozenset({"Unified"})),
            restorable=True,
            part=Part(
                keys=("templateId",),
                create=frozenset({"templateId", "values"}),
                update=frozenset({"values"}),
                required=frozenset({"templateId", "values"}),
                removable=True,
            ),
            write_scopes=("GroupSettings.ReadWrite.All",),
            read_scopes=("GroupSettings.Read.All",),
            notes="Only Microsoft 365 groups can say otherwise than the tenant's settings.",
        ),
    ),
    # A display name alone is not unique, and mailNickname only among Microsoft 365 groups.
    natural_keys=("displayName", "mailNickname"),
    read_scopes=("Group.Read.All",),
    preset=Preset.ESSENTIAL,
    bin="deletedGroups",
    missing_properties={"china": frozenset({"assignedLabels"})},
    tolerates=refused("Group.Read.All"),
    # A Microsoft 365 group that is used renews itself, which moves its expiration.
    volatile=frozenset(
        {
            "expirationDateTime",
            "licenseProcessingState",
            "onPremisesLastSyncDateTime",
            "onPremisesProvisioningErrors",
            "renewedDateTime",
            "serviceProvisioningErrors",
        }
    ),
    read_only=frozenset(_SELECT) - _CREATE - {"preferredDataLocation"},
    # `user.memberof -any (group.objectId -in […])`, `Direct Reports for "…"`, a service plan, a device, its management
    references=("membershipRule",),
    leads_to={"membershipRule": ("users", "devices", "servicePrincipals", "subscribedSkus")},
    depends_on=("users",),
    restore=Restore(
        collection="/groups",
        create=_CREATE,
        update=_UPDATE | {"preferredDataLocation"},
        required=frozenset({"displayName", "mailEnabled", "mailNickname", "securityEnabled"}),
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/{id}",
        stage=Stage.GROUPS,
        deletes=Deletes.SOFT,
        upsert="/groups(uniqueName='{uniqueName}')",
        write_scopes=("Group.ReadWrite.All",),
        scopes_for={
            "assignedLicenses": ("LicenseAssignment.ReadWrite.All",),
            "isAssignableToRole": ("RoleManagement.ReadWrite.Directory",),
            "preferredDataLocation": ("Directory.ReadWrite.All",),
        },
        lost=_LOST,
    ),
    notes=(
        "Not read because Graph gives them on a single read only: accessType, allowExternalSenders, "
        "autoSubscribeNewMembers, hideFromAddressLists, hideFromOutlookClients, isArchived, isFavorite, "
        "isSubscribedByMail, unseenConversationsCount, unseenCount, unseenMessagesCount, welcomeMessageEnabled. Not "
        "read: infoCatalogs and organizationId (named in the metadata, described nowhere), "
        "hasMembersWithLicenseErrors (a filter, never answered), onPremisesSyncBehavior (takes a write permission), "
        "who may send to the group (acceptedSenders, rejectedSenders: Exchange's), permissions that apps have in a "
        "single team (permissionGrants), photos, open extensions, values of schema extensions (which come only when "
        "named). memberOf follows from the members of the other groups. A membership rule can hold ids of other "
        "objects in its text."
    ),
)
