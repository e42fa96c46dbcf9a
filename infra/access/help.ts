/** What `npm run register -- --help` prints. */
export const help = `Registers the app in Entra ID: who may sign in, with which roles, and what the app itself may look up.

  npm run register -- --group GROUP [--deployment NAME]     reads the deployment's outputs with az
  npm run register -- --app FUNCTIONAPPNAME --url PORTALURL --identity-client-id GUID --identity-principal-id GUID

  --admin WHO      gets the role Connector.Admin; an object id of a user or group, or a user principal name. Repeatable
  --reader WHO     gets the role Connector.Reader
  --hold-groups    the app may also see who is in a group (GroupMember.Read.All): for connectors whose hold list is an Entra group
  --url URL        with --group: one more address of the admin's page, such as a domain of your own. Repeatable
  --check          changes nothing, tells what is not as it has to be, and ends with 1 if there is something
  --undo           removes what this has made
  --yes            does not ask before it changes something
  --deployment     the deployment's name, if it is not icechat
  --cloud NAME     AzureCloud, AzureUSGovernment or AzureChinaCloud; --graph URL and --authority URL for others

It works as whoever is signed in (az login), who needs the Entra roles Application Administrator, for the registration, and
Privileged Role Administrator, for the identity's permissions on Microsoft Graph; --check needs Directory Readers. It can be repeated.`;
