"""user, group, administrativeUnit, scopedRoleMembership, device, organization."""

from dataclasses import replace

from local.tenant.schema import sign_in_methods
from local.tenant.schema.model import CHINA, Held, Kind, LinkRule, Property, Shown, links
from local.tenant.schema.notation import table

_DIRECTORY_OBJECT = """
    id guid ro
    deletedDateTime datetime? ro
"""
_MEMBERS = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
_HIDDEN = "Member.Read.Hidden"
_USER_WRITES = ("User.ReadWrite.All", "Directory.ReadWrite.All")
_GROUP_WRITES = ("Group.ReadWrite.All", "Directory.ReadWrite.All")
_MEMBER_WRITES = ("GroupMember.ReadWrite.All", *_GROUP_WRITES)
_UNIT_WRITES = ("AdministrativeUnit.ReadWrite.All", "Directory.ReadWrite.All")
_DEVICE_WRITES = ("Device.ReadWrite.All", "Directory.ReadWrite.All")
_DELETES = ("User.DeleteRestore.All", "User.ReadWrite.All")
# what may write it beside those that may write the user
_NARROW = {
    "accountEnabled": "User.EnableDisableAccount.All",
    "businessPhones": "User-Phone.ReadWrite.All",
    "mobilePhone": "User-Phone.ReadWrite.All",
    "otherMails": "User-Mail.ReadWrite.All",
    "passwordProfile": "User-PasswordProfile.ReadWrite.All",
}
# what takes a permission of its own, in place of those
_OWN = {
    "customSecurityAttributes": ("CustomSecAttributeAssignment.ReadWrite.All+User.Read.All",),
    "employeeLeaveDateTime": ("User-LifeCycleInfo.ReadWrite.All+User.Read.All",),
    "identities": ("User.ManageIdentities.All",),
}


def _narrowed(text: str) -> dict[str, Property]:
    whole = table(text, shown=Shown.SELECT)
    own = {name: (one, *_USER_WRITES) for name, one in _NARROW.items()} | _OWN
    return whole | {name: replace(whole[name], writes_with=permissions) for name, permissions in own.items()}


USER = Kind(
    name="user",
    collection="users",
    path="/users",
    keys=("userPrincipalName",),
    delta=True,
    soft_delete=True,
    deleted_path="/directory/deletedItems/microsoft.graph.user",
    open=True,
    directory_object=True,
    reads=("User.Read.All", "Directory.Read.All"),
    writes_with=_USER_WRITES,
    writes_by={"DELETE": _DELETES, "restore": _DELETES},
    properties=_narrowed(
        """
        id guid default ro
        businessPhones string[] default
        displayName string default
        givenName string? default
        jobTitle string? default
        mail string? default
        mobilePhone string? default
        officeLocation string? default
        preferredLanguage string? default
        surname string? default
        userPrincipalName string default
        securityIdentifier string? default ro
        deletedDateTime datetime? ro
        accountEnabled bool
        ageGroup string?
        assignedLicenses assignedLicense[] ro set
        assignedPlans assignedPlan[] ro set
        authorizationInfo authorizationInfo?
        city string?
        companyName string?
        consentProvidedForMinor string?
        country string?
        createdDateTime datetime? ro
        creationType string? ro
        customSecurityAttributes open? needs=CustomSecAttributeAssignment.Read.All
        department string?
        employeeHireDate datetime?
        employeeId string?
        employeeLeaveDateTime datetime? needs=User-LifeCycleInfo.Read.All
        employeeOrgData employeeOrgData?
        employeeType string?
        externalUserState string? ro
        externalUserStateChangeDateTime datetime? ro
        faxNumber string?
        identities objectIdentity[] set
        identityParentId string? ro
        imAddresses string[] ro set
        isManagementRestricted bool? ro
        isResourceAccount bool? ro
        lastPasswordChangeDateTime datetime? ro
        legalAgeGroupClassification string? ro
        licenseAssignmentStates licenseAssignmentState[] ro set
        mailNickname string?
        onPremisesDistinguishedName string? ro
        onPremisesDomainName string? ro
        onPremisesExtensionAttributes onPremisesExtensionAttributes?
        onPremisesImmutableId string?
        onPremisesLastSyncDateTime datetime? ro volatile
        onPremisesProvisioningErrors onPremisesProvisioningError[] ro
        onPremisesSamAccountName string? ro
        onPremisesSecurityIdentifier string? ro
        onPremisesSyncEnabled bool? ro
        onPremisesUserPrincipalName string? ro
        otherMails string[] set
        passwordPolicies string?
        passwordProfile passwordProfile?
        postalCode string?
        preferredDataLocation string?
        provisionedPlans provisionedPlan[] ro set
        proxyAddresses string[] ro set
        serviceProvisioningErrors serviceProvisioningError[] ro
        showInAddressList bool? ro
        signInActivity signInActivity? ro volatile sparse needs=AuditLog.Read.All licence=AAD_PREMIUM,AAD_PREMIUM_P2
        signInSessionsValidFromDateTime datetime? ro
        state string?
        streetAddress string?
        usageLocation string?
        userType string?
        aboutMe string? single
        birthday datetime? single
        deviceEnrollmentLimit int? single
        hireDate datetime? single
        interests string[] single
        mailboxSettings open? single
        mySite string? single
        pastProjects string[] single
        preferredName string? single
        responsibilities string[] single
        schools string[] single
        skills string[] single
        """
    ),
    links=links(
        LinkRule(name="manager", to=("user", "orgContact"), single=True, writable=True, delta=True),
        LinkRule(name="sponsors", to=("user", "group"), writable=True),
        LinkRule(name="directReports", to=("user",), held=Held.INVERSE, via="manager"),
        LinkRule(name="memberOf", to=("group", "administrativeUnit"), held=Held.INVERSE, via="members"),
        LinkRule(name="ownedObjects", to=("group", "application", "servicePrincipal"), held=Held.INVERSE, via="owners"),
        LinkRule(name="ownedDevices", to=("device",), held=Held.INVERSE, via="registeredOwners"),
        LinkRule(name="registeredDevices", to=("device",), held=Held.INVERSE, via="registeredUsers"),
        LinkRule(
            name="appRoleAssignments",
            to=("appRoleAssignment",),
            held=Held.DERIVED,
            via="principalId",
            reads=("Directory.Read.All",),
        ),
        LinkRule(
            name="oauth2PermissionGrants",
            to=("oAuth2PermissionGrant",),
            held=Held.DERIVED,
            via="principalId",
            reads=("Directory.Read.All",),
        ),
        LinkRule(
            name="authentication/methods",
            to=("authenticationMethod",),
            held=Held.CONTAINED,
            expand=False,
            reads=sign_in_methods.READS,
            not_in=CHINA,
            bucket="reports",
        ),
        LinkRule(
            name="authentication/requirements",
            to=("strongAuthenticationRequirements",),
            single=True,
            held=Held.CONTAINED,
            expand=False,
            reads=("Policy.Read.All",),
            not_in=CHINA,
            beta=True,
            bucket="reports",
        ),
    ),
)

GROUP = Kind(
    name="group",
    collection="groups",
    path="/groups",
    keys=("uniqueName",),
    delta=True,
    soft_delete=True,
    deleted_path="/directory/deletedItems/microsoft.graph.group",
    open=True,
    directory_object=True,
    reads=("Group.Read.All", "Directory.Read.All"),
    writes_with=_GROUP_WRITES,
    writes_by={"POST": ("Group.Create", *_GROUP_WRITES)},
    properties=table(
        """
        id guid ro
        deletedDateTime datetime? ro
        classification string?
        createdDateTime datetime? ro
        description string?
        displayName string
        expirationDateTime datetime? ro
        groupTypes string[] set
        isAssignableToRole bool? create
        mail string? ro
        mailEnabled bool
        mailNickname string
        membershipRule string?
        membershipRuleProcessingState string?
        onPremisesDomainName string? ro
        onPremisesLastSyncDateTime datetime? ro volatile
        onPremisesNetBiosName string? ro
        onPremisesProvisioningErrors onPremisesProvisioningError[] ro
        onPremisesSamAccountName string? ro
        onPremisesSecurityIdentifier string? ro
        onPremisesSyncEnabled bool? ro
        preferredDataLocation string? writes_with=Directory.ReadWrite.All
        preferredLanguage string?
        proxyAddresses string[] ro set
        renewedDateTime datetime? ro
        resourceProvisioningOptions string[] ro set
        securityEnabled bool
        securityIdentifier string? ro
        theme string?
        visibility string?
        serviceProvisioningErrors serviceProvisioningError[] ro
        assignedLabels assignedLabel[] select ro set not_in=china
        assignedLicenses assignedLicense[] select ro set
        isManagementRestricted bool? select ro
        licenseProcessingState licenseProcessingState? select ro
        onPremisesExtensionAttributes onPremisesExtensionAttributes? select ro
        resourceBehaviorOptions string[] select create set
        uniqueName string? select ro
        infoCatalogs string[] select ro set
        organizationId string? select ro not_in=national
        accessType string? single
        allowExternalSenders bool? single
        autoSubscribeNewMembers bool? single
        hideFromAddressLists bool? single
        hideFromOutlookClients bool? single
        isArchived bool? single ro
        isFavorite bool? single
        isSubscribedByMail bool? single
        unseenConversationsCount int? single ro
        unseenCount int? single
        unseenMessagesCount int? single ro
        welcomeMessageEnabled bool? single
        """
    ),
    links=links(
        LinkRule(
            name="members",
            to=("user", "group", "servicePrincipal", "device", "orgContact"),
            writable=True,
            delta=True,
            omits=("servicePrincipal",),
            reads=_MEMBERS,
            writes_with=_MEMBER_WRITES,
            hidden=_HIDDEN,
        ),
        LinkRule(name="owners", to=("user", "servicePrincipal"), writable=True, delta=True, limit=100, reads=_MEMBERS),
        LinkRule(name="memberOf", to=("group", "administrativeUnit"), held=Held.INVERSE, via="members"),
        LinkRule(
            name="appRoleAssignments",
            to=("appRoleAssignment",),
            held=Held.DERIVED,
            via="principalId",
            reads=("Directory.Read.All",),
        ),
        LinkRule(
            name="settings",
            to=("groupSettingOverride",),
            held=Held.CONTAINED,
            expand=False,  # $expand is documented for other navigations of a group, not for this one
            reads=("GroupSettings.Read.All", "Group.Read.All", "Directory.Read.All"),
        ),
    ),
)

ADMINISTRATIVE_UNIT = Kind(
    name="administrativeUnit",
    collection="administrativeUnits",
    path="/directory/administrativeUnits",  # page sizes are not documented: 100 and 999 as for its siblings
    delta=True,
    soft_delete=True,
    deleted_path="/directory/deletedItems/microsoft.graph.administrativeUnit",
    open=True,
    directory_object=True,
    delta_not_in=CHINA,
    reads=("AdministrativeUnit.Read.All", "Directory.Read.All"),
    writes_with=_UNIT_WRITES,
    properties=table(
        _DIRECTORY_OBJECT
        + """
        displayName string
        description string?
        visibility string?
        isMemberManagementRestricted bool? create
        membershipType string?
        membershipRule string?
        membershipRuleProcessingState string?
        """
    ),
    links=links(
        LinkRule(name="members", to=("user", "group", "device"), writable=True, delta=True, hidden=_HIDDEN),
        LinkRule(
            name="scopedRoleMembers",
            to=("scopedRoleMembership",),
            held=Held.DERIVED,
            via="administrativeUnitId",
            reads=("RoleManagement.Read.Directory", "Directory.Read.All"),
        ),
    ),
)

SCOPED_ROLE_MEMBERSHIP = Kind(
    name="scopedRoleMembership",
    collection="scopedRoleMembers",
    path="",
    parents=("/directory/administrativeUnits/{id}/scopedRoleMembers",),
    methods=frozenset({"POST", "DELETE"}),
    writes_with=("RoleManagement.ReadWrite.Directory",),
    properties=table("""
        id string ro
        administrativeUnitId string create
        roleId string create
        roleMemberInfo roleMemberInfo create
    """),
)

DEVICE = Kind(
    name="device",
    collection="devices",
    path="/devices",  # page sizes are not confirmed by the device page: 100 and 999 as for its siblings
    keys=("deviceId",),
    delta=True,
    # v1.0 does not say that a deleted device can be brought back; the beta page calls that a preview
    soft_delete=False,
    open=True,
    directory_object=True,
    reads=("Device.Read.All", "Directory.Read.All"),
    writes_with=_DEVICE_WRITES,
    properties=table(
        _DIRECTORY_OBJECT
        + """
        accountEnabled bool
        alternativeSecurityIds alternativeSecurityId[] create set
        approximateLastSignInDateTime datetime? ro volatile
        complianceExpirationDateTime datetime? ro
        deviceCategory string?
        deviceId string create
        deviceMetadata string?
        deviceOwnership string?
        deviceVersion int?
        displayName string
        enrollmentProfileName string?
        enrollmentType string?
        extensionAttributes onPremisesExtensionAttributes? beta
        isCompliant bool?
        isManaged bool?
        isManagementRestricted bool? select ro
        isRooted bool? ro
        managementType string? ro
        manufacturer string? ro
        mdmAppId string? ro
        model string? ro
        onPremisesLastSyncDateTime datetime? ro volatile
        onPremisesSecurityIdentifier string? select ro
        onPremisesSyncEnabled bool? ro
        operatingSystem string
        operatingSystemVersion string
        physicalIds string[] ro set
        profileType string?
        registrationDateTime datetime? ro
        systemLabels string[] ro set
        trustType string? ro
        """
    ),
    links=links(
        LinkRule(name="registeredOwners", to=("user", "servicePrincipal"), writable=True),
        LinkRule(name="registeredUsers", to=("user", "servicePrincipal"), writable=True),
        LinkRule(name="memberOf", to=("group", "administrativeUnit"), held=Held.INVERSE, via="members"),
    ),
)

ORGANIZATION = Kind(
    name="organization",
    collection="organization",
    path="/organization",
    methods=frozenset({"PATCH"}),
    open=True,
    directory_object=True,
    reads=("Organization.Read.All", "Directory.Read.All"),
    writes_with=("Organization.ReadWrite.All", "Directory.ReadWrite.All"),
    properties=table(
        _DIRECTORY_OBJECT
        + """
        assignedPlans assignedPlan[] ro set
        businessPhones string[] ro
        city string? ro
        country string? ro
        countryLetterCode string? ro
        createdDateTime datetime? ro
        defaultUsageLocation string? ro not_in=national
        displayName string? ro
        marketingNotificationEmails string[] set
        mobileDeviceManagementAuthority string? select ro
        onPremisesLastSyncDateTime datetime? ro volatile
        onPremisesSyncEnabled bool? ro
        partnerTenantType string? ro
        postalCode string? ro
        preferredLanguage string? ro
        privacyProfile privacyProfile?
        provisionedPlans provisionedPlan[] ro set
        securityComplianceNotificationMails string[] set
        securityComplianceNotificationPhones string[] set
        state string? ro
        street string? ro
        technicalNotificationMails string[] set
        tenantType string? ro
        verifiedDomains verifiedDomain[] ro set
        """
    ),
    links=links(
        LinkRule(
            name="certificateBasedAuthConfiguration",
            to=("certificateBasedAuthConfiguration",),
            held=Held.CONTAINED,
            expand=False,
            reads=("Organization.Read.All",),
        ),
        LinkRule(
            name="branding",
            to=("organizationalBranding",),
            single=True,
            held=Held.CONTAINED,
            expand=False,
            reads=("OrganizationalBranding.Read.All",),
        ),
    ),
)

KINDS = (ORGANIZATION, USER, GROUP, ADMINISTRATIVE_UNIT, SCOPED_ROLE_MEMBERSHIP, DEVICE)
