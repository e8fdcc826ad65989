"""What Microsoft Graph has and an application cannot read, or only with a permission to write. Data only.

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
)
