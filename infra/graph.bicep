// What belongs to the directory: the app registration that callers sign in to, who holds which of its roles, and the
// Graph permissions of the two identities. Nothing of the app is needed for it, so it goes first; the app needs its
// client id. Once the identities exist it is deployed again with their object ids: what is there stays as it is.
//
// A file of its own, because it needs more than an Azure role: the directory role Privileged Role Administrator (it
// may grant application permissions) together with Cloud Application Administrator (it may make the registration), or
// Global Administrator. The Graph extension works in the public cloud alone. Elsewhere, and for those who may not use
// it: scripts/register-app.sh and scripts/grant-permissions.sh, which do the same from the same two files.
//
// It adds and changes, and takes nothing away: a grant that leaves the list stays in the tenant until
// `grant-permissions.sh --remove-spare` removes it.

extension microsoftGraphV1

@description('Name of the app registration, by which it is found again. One for each installation in the tenant.')
@minLength(3)
@maxLength(64)
param appName string = 'lifeboat'

@description('What people see in the portal.')
param displayName string = 'Lifeboat'

@description('URI of the API. Tokens name its client id; this is for those who ask for them by a name.')
param identifierUri string = 'api://${tenant().tenantId}/${appName}'

@description('Whether the Azure CLI and Azure PowerShell may get tokens for the API in the name of who is signed in there.')
param commandLine bool = true

@description('Object id of a group, user or service principal that looks at backups: Backup.Read.')
param backupReaders string = ''

@description('Object id of a group, user or service principal that runs backups: Backup.Read and Backup.Run.')
param backupOperators string = ''

@description('Object id of a group, user or service principal that plans restores: Backup.Read and Restore.Plan.')
param restorePlanners string = ''

@description('Object id of a group, user or service principal that restores: Backup.Read, Restore.Plan and Restore.Apply.')
param restoreOperators string = ''

@description('Object id of the reader identity; empty: nothing is granted to it.')
param readerPrincipalId string = ''

@description('Which types are backed up, and so what the reader may read. all: also the types that are in no preset.')
@allowed(['essential', 'standard', 'everything', 'all'])
param preset string = 'standard'

@description('Whether the restorer gets permissions to write to the tenant.')
param enableRestore bool = false

@description('Object id of the restorer identity.')
param restorerPrincipalId string = ''

@description('The permissions the restorer gets, by name; none: all in the list, which makes it as powerful as a Global Administrator.')
param restorerPermissions array = []

var permissions = loadJsonContent('graph-permissions.json')
var registration = loadJsonContent('graph-app.json')
var clients = commandLine ? map(items(registration.clients), client => client.value) : []

var roleIds = toObject(registration.appRoles, role => role.value, role => role.id)
var readerRoles = empty(backupReaders) ? [] : map(['Backup.Read'], role => { principal: backupReaders, role: roleIds[role] })
var operatorRoles = empty(backupOperators) ? [] : map(['Backup.Read', 'Backup.Run'], role => { principal: backupOperators, role: roleIds[role] })
var plannerRoles = empty(restorePlanners) ? [] : map(['Backup.Read', 'Restore.Plan'], role => { principal: restorePlanners, role: roleIds[role] })
var restorerRoles = empty(restoreOperators) ? [] : map(['Backup.Read', 'Restore.Plan', 'Restore.Apply'], role => { principal: restoreOperators, role: roleIds[role] })
// Who is named twice gets each role once: union() drops what is there already.
var assignments = union(readerRoles, operatorRoles, plannerRoles, restorerRoles)

var readerGrants = empty(readerPrincipalId) ? [] : permissions.reader[preset]
var restorerList = filter(permissions.restorer, grant => empty(restorerPermissions) || contains(restorerPermissions, grant.name))
var restorerGrants = enableRestore && !empty(restorerPrincipalId) ? restorerList : []

resource app 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: appName
  displayName: displayName
  description: 'The API of Lifeboat, backup and restore of this tenant. It has no secret and needs none.'
  signInAudience: 'AzureADMyOrg'
  identifierUris: [identifierUri]
  // No group may come out as a role: a claim of groups can be told to (emit_as_roles), and then whoever names a group
  // gives out roles.
  groupMembershipClaims: 'None'
  optionalClaims: { accessToken: [], idToken: [], saml2Token: [] }
  appRoles: registration.appRoles
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [registration.scope]
    preAuthorizedApplications: [for client in clients: { appId: client, delegatedPermissionIds: [registration.scope.id] }]
  }
}

resource servicePrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: app.appId
  displayName: displayName
  appRoleAssignmentRequired: true
}

resource callers 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [for assignment in assignments: {
  principalId: assignment.principal
  resourceId: servicePrincipal.id
  appRoleId: assignment.role
}]

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: permissions.graphAppId
}

resource reader 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [for grant in readerGrants: {
  principalId: readerPrincipalId
  resourceId: graph.id
  appRoleId: grant.appRoleId
}]

resource restorer 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [for grant in restorerGrants: {
  principalId: restorerPrincipalId
  resourceId: graph.id
  appRoleId: grant.appRoleId
}]

@description('Client id of the registration: parameter authClientId of the app.')
output authClientId string = app.appId

@description('The tenant that callers sign in to.')
output authTenantId string = tenant().tenantId

@description('URI of the API.')
output audience string = identifierUri

@description('Object id of the service principal of the API, on which roles are assigned.')
output servicePrincipalId string = servicePrincipal.id

@description('How many permissions the reader was granted.')
output readerPermissionCount int = length(readerGrants)

@description('How many permissions the restorer was granted.')
output restorerPermissionCount int = length(restorerGrants)
