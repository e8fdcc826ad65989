// A tenant of up to some thousand people: public addresses with sign-in, three zones of one region, retention that acts.
//   az deployment sub create --name lifeboat --location westeurope --parameters infra/params/small.bicepparam
using '../main.bicep'

param location = 'westeurope'
param backupSku = 'Standard_ZRS'
param alertEmails = ['identity-team@contoso.example']

// The client id that infra/scripts/register-app.sh prints. Until it is here every call is refused; the timers work.
param authClientId = ''

// Look at what retention reports for some days; then let it act.
param retentionMode = 'report'
