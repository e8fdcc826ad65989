// A copy of the backups in another region, subscription or tenant. Deployed by itself, there, before the sending side is told:
//   az deployment group create -g GROUP -f infra/copy.bicep -p infra/params/copy.bicepparam
// docs/copy-of-the-backups.md has the steps.

@description('Azure region of the copy: another one than that of the backups.')
param location string = resourceGroup().location

@description('Name of the account: 3 to 24 lower-case letters and digits, unique in the whole cloud.')
@minLength(3)
@maxLength(24)
param name string

@description('Resource id of the account that the backups are written to (output of the main deployment).')
@minLength(60)
param sourceAccountId string

@description('Whether that account belongs to another Entra tenant than this one.')
param otherTenant bool = false

@description('How many copies Azure keeps of the copy: Standard_LRS (one building), Standard_ZRS (three zones), Standard_GRS, Standard_GZRS.')
param sku string = 'Standard_LRS'

@description('Which containers are copied. Leave secrets out if recovery keys and passwords must not leave the first tenant; without them, they are lost with it.')
param containers array = ['snapshots', 'secrets']

@description('Id of a receiving policy that exists already; default for the first deployment.')
param policyId string = 'default'

@description('off: deletions at the source are repeated here. unlocked: what has arrived stays for immutabilityDays; an administrator here can end that. locked: nobody can, once infra/scripts/lock-immutability.sh has been run.')
@allowed(['off', 'unlocked', 'locked'])
param immutability string = 'unlocked'

@description('Set to true after lock-immutability.sh has locked the policies.')
param immutabilityIsLocked bool = false

@description('For how many days after it arrived a file cannot be deleted, if immutability is not off.')
param immutabilityDays int = 30

@description('For how many days a deleted file, version or container can be brought back.')
param softDeleteDays int = 90

@description('After how many days a file is deleted here, whatever the source does; 0: never. Must be more than the longest time that you keep a run.')
param deleteDays int = 0

@description('A lock that keeps the account from being deleted until somebody takes the lock away.')
param lock bool = true

@description('Public IPv4 addresses or ranges (CIDR) that alone may read. Empty: no restriction by network.')
param allowedIps array = []

@description('Object ids, in the tenant of this account, of those who may read the copy.')
param readers array = []

@description('What the readers are: Group, User or ServicePrincipal.')
param readersType string = 'Group'

@description('Log Analytics workspace (resource id) for the log of requests. Empty: no such log.')
param workspaceId string = ''

@description('Tags of every resource.')
param tags object = {}

module copy 'modules/backup-copy.bicep' = {
  name: 'backup-copy'
  params: {
    location: location
    tags: tags
    name: name
    sku: sku
    sourceAccountId: sourceAccountId
    otherTenant: otherTenant
    containers: containers
    policyId: policyId
    immutability: immutability
    immutabilityIsLocked: immutabilityIsLocked
    immutabilityDays: immutabilityDays
    softDeleteDays: softDeleteDays
    deleteDays: deleteDays
    lock: lock
    allowedIps: allowedIps
    readers: readers
    readersType: readersType
    workspaceId: workspaceId
  }
}

@description('Resource id of the copy.')
output id string = copy.outputs.id

@description('Address that the backups are read from.')
output blobUrl string = copy.outputs.blobUrl

@description('What the main deployment takes as copyTo.')
output feed object = copy.outputs.feed

@description('What is left to do for locked policies; empty if nothing.')
output lockCommand string = copy.outputs.lockCommand
