metadata description = 'App Service Authentication: nobody reaches the admin\'s page or API without signing in; what they may do there is told by the app roles of app-roles.json, which the app itself checks.'

import { Names } from '../names.bicep'

param names Names

@description('Client id of the app registration. Empty until there is one: then everything but the event webhook is refused.')
param clientId string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: names.functionApp
}

resource signIn 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: empty(clientId) ? 'Return401' : 'RedirectToLoginPage'
      ...(empty(clientId) ? {} : { redirectToProvider: 'azureactivedirectory' })
      // Event Grid calls it with the host's own blobs_extension key. Written out and not as a pattern: every reading of the setting
      // (exact, prefix, pattern) takes it to be this path and lets no other through.
      excludedPaths: ['/runtime/webhooks/blobs']
    }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: !empty(clientId)
        ...(empty(clientId)
          ? {}
          : {
              registration: {
                openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
                clientId: clientId
                // Names the setting that holds the identity's client id: the app proves itself by a federated credential, so
                // there is no client secret that could leak or run out.
                clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
              }
              validation: {
                allowedAudiences: [clientId, 'api://${clientId}']
              }
            })
      }
    }
    login: {
      // The app needs who it is (x-ms-client-principal), never the tokens.
      tokenStore: { enabled: false }
      preserveUrlFragmentsForLogins: false
    }
  }
}
