// China (21Vianet): az cloud set --name AzureChinaCloud
//   infra/scripts/deploy.sh infra/params/china.bicepparam
// Whether Flex Consumption is offered there is not known to this project: Premium is.
using '../main.bicep'

param location = 'chinanorth3'
param plan = 'premium'
param premiumSku = 'EP1'
param maximumInstances = 5
param graphUrl = 'https://microsoftgraph.chinacloudapi.cn'
param backupSku = 'Standard_GRS'
param tierToColdDays = 0
param authClientId = ''
// Whether the built-in policy exists in this cloud is not known to this project. Try true.
param forbidFederation = false
