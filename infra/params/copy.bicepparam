// A copy of the backups in another tenant: deployed there, by somebody of that tenant. docs/copy-of-the-backups.md
using '../copy.bicep'

param name = 'contosovaultcopy'
param location = 'swedencentral'
param sourceAccountId = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-lifeboat-backups/providers/Microsoft.Storage/storageAccounts/contosovault'
param otherTenant = true
// A group of this tenant: the two people who would rebuild the directory.
param readers = ['00000000-0000-0000-0000-000000000000']
param readersType = 'Group'
param immutability = 'unlocked'
param immutabilityDays = 30
