// US Government (L4): Flex Consumption is not there, so the app is on Premium. The sign-in address, the storage suffix and
// the DNS zones follow from the cloud that az is signed in to: az cloud set --name AzureUSGovernment
//   infra/scripts/deploy.sh infra/params/usgov.bicepparam
// For DoD (L5) graphUrl is https://dod-graph.microsoft.us.
using '../main.bicep'

param location = 'usgovvirginia'
param plan = 'premium'
param premiumSku = 'EP1'
param maximumInstances = 5
param graphUrl = 'https://graph.microsoft.us'
param backupSku = 'Standard_GRS'
param tierToColdDays = 0
param authClientId = ''
// Whether the built-in policy exists in this cloud is not known to this project. Try true.
param forbidFederation = false
