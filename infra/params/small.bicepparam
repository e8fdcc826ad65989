// A tenant of up to some thousand people: public addresses with sign-in, three zones of one region, retention that reports first.
//   infra/scripts/deploy.sh infra/params/small.bicepparam
using '../main.bicep'

param location = 'westeurope'
param backupSku = 'Standard_ZRS'
param alertEmails = ['identity-team@contoso.example']

// The client id that infra/scripts/register-app.sh prints; deploy.sh looks it up by itself. Without it every call is refused,
// and the timers work.
param authClientId = ''

// Look at what retention reports for some days; then let it act.
param retentionMode = 'report'
