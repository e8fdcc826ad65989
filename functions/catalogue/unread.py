"""What Microsoft Graph has and does not give to an application, or only with a permission to write. Data only.

docs/coverage.md lists it, so that nobody takes it for backed up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """`what` people call it, `path` in Graph, `why` it is not read, and what to do instead."""

    what: str
    path: str
    why: str
    todo: str


UNREAD: tuple[Unread, ...] = (
    Unread(
        what="API connectors, and which step of a user flow calls which",
        path="/identity/apiConnectors",
        why="Reading them takes APIConnectors.ReadWrite.All, and IdentityUserFlow.ReadWrite.All for the steps "
        "(/identity/b2xUserFlows/{id}/apiConnectorConfiguration): permissions to write, which the reader never has.",
        todo="Note the address of each connector and the steps it is used in; its secret cannot be read at all.",
    ),
    Unread(
        what="Settings of directory synchronization",
        path="/directory/onPremisesSynchronization",
        why="Graph gives them to a signed-in Global Administrator only, to no application.",
        todo="Export them from the synchronization server, or read the page as an administrator now and then.",
    ),
    Unread(
        what="Staged rollout of sign-in features (pass-through authentication, password hash synchronization)",
        path="/policies/featureRolloutPolicies",
        why="Graph gives them to a signed-in administrator only, to no application; China does not have them.",
        todo="Note which feature is rolled out to which groups, in Entra Connect's page of the portal.",
    ),
    Unread(
        what="Who is enrolled in device management (MDM and MAM scopes)",
        path="/policies/mobileDeviceManagementPolicies and /policies/mobileAppManagementPolicies (beta)",
        why="Graph gives them to a signed-in administrator only, to no application.",
        todo="Note scope, groups and addresses on the portal's page Mobility.",
    ),
    Unread(
        what="Policy for groups without an owner",
        path="/policies/ownerlessGroupPolicy",
        why="No permission of an application is documented for it.",
        todo="Note it from the Microsoft 365 admin center, under the settings of groups.",
    ),
    Unread(
        what="Policies of an application or service principal, asked from its side",
        path="/applications/{id}/tokenLifetimePolicies, /servicePrincipals/{id}/claimsMappingPolicies and the like",
        why="Reading them takes a permission to write applications, which the reader never has.",
        todo="Nothing: the same assignments are read from the policies, as appliesTo.",
    ),
    Unread(
        what="Passwords, client secrets, private keys, credentials of provisioning jobs",
        path="/users, /applications, /servicePrincipals and /servicePrincipals/{id}/synchronization/secrets",
        why="Graph never gives them out, to nobody: at most their ids, hints and dates, and the public part of keys.",
        todo="Keep secrets in a vault, and expect to issue new ones for what is created again.",
    ),
    Unread(
        what="Encrypted OMA-URI values of Intune profiles",
        path="/deviceManagement/deviceConfigurations/{id}/getOmaSettingPlainTextValue",
        why="Reading them takes DeviceManagementConfiguration.ReadWrite.All, which the reader never has. The profile "
        "is read, with asterisks for the value.",
        todo="Keep the values where you keep secrets.",
    ),
    Unread(
        what="Who masters a user, group or contact: the cloud or Active Directory",
        path="/users/{id}/onPremisesSyncBehavior, and the same of groups and contacts",
        why="Reading it takes User-OnPremisesSyncBehavior.ReadWrite.All and its like: permissions to write.",
        todo="Note which objects were moved to the cloud; onPremisesSyncEnabled is read and shows most of it.",
    ),
    Unread(
        what="Requests for role activations and assignments",
        path="/roleManagement/directory/roleAssignmentScheduleRequests and roleEligibilityScheduleRequests",
        why="Their lists take a permission to write. They are the way to a schedule, and the schedules are read.",
        todo="Nothing: what was granted is in the schedules, and who asked for it in the audit log.",
    ),
    Unread(
        what="Reports on the history of access reviews",
        path="/identityGovernance/accessReviews/historyDefinitions",
        why="Reading them takes AccessReview.ReadWrite.All, a permission to write.",
        todo="Download the reports you have to keep; each is there for a while only.",
    ),
    Unread(
        what="Who has accepted the terms of use",
        path="/identityGovernance/termsOfUse/agreements/{id}/acceptances",
        why="Graph gives them to a signed-in administrator only, to no application.",
        todo="Download the list of acceptances from the portal where you have to prove them.",
    ),
    Unread(
        what="Snapshots and jobs of Microsoft Entra Backup and Recovery",
        path="/directory/recovery",
        why="They are copies that Microsoft makes and keeps for five days, and no application may start a job; what "
        "is in them cannot be taken out.",
        todo="Nothing: it is a second way back for some properties. The global cloud alone has it.",
    ),
)
