import { type Settings, settingNames } from "../../config/settings.ts";
import { toClosest } from "./closest-name.ts";
import { ok, type Told, warning, wrong } from "./finding.ts";

/** What the app is told by its settings. */
export interface SettingsDeps {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
}

/** Names that another reads: the platform, the host, the identity library. */
const ofOthers =
  /^(AzureWebJobs|AzureFunctions|APPSETTING_|APPLICATIONINSIGHTS_|AZURE_|FUNCTIONS_|WEBSITE_|WEBSITES_|SCM_|languageWorkers)/i;

/** Tells what in the settings nobody reads, though somebody meant it to be read, and what cannot be meant together. */
export async function* checkSettings({ environment, settings }: SettingsDeps): AsyncGenerator<Told> {
  const faults = [
    ...tellUnknownNames(environment),
    ...tellStorage(environment, settings),
    ...tellIdentity(environment),
    ...tellClouds(environment, settings),
    ...tellWaits(settings),
  ];
  yield* faults;
  const given = settingNames.filter((name) => environment[name]).length;
  const app = environment["WEBSITE_SITE_NAME"];
  if (!faults.some(({ status }) => status === "wrong")) {
    yield ok(
      `${given} of ${settingNames.length} are set, the others have their defaults${app === undefined ? "" : `; app ${app}`}`,
    );
  }
}

function* tellUnknownNames(environment: SettingsDeps["environment"]): Generator<Told> {
  for (const name of Object.keys(environment)) {
    if (settingNames.includes(name) || ofOthers.test(name)) continue;
    const meant = toClosest(name, settingNames);
    if (meant === undefined) continue;
    yield warning(
      `there is a setting ${name}, which the app does not read`,
      `${meant} may be meant: rename it, or delete it (az functionapp config appsettings delete).`,
    );
  }
}

function isInAzure(environment: SettingsDeps["environment"]): boolean {
  return Boolean(environment["WEBSITE_SITE_NAME"] ?? environment["WEBSITE_INSTANCE_ID"]);
}

function* tellStorage(environment: SettingsDeps["environment"], settings: Settings): Generator<Told> {
  const hasKey = settings.AzureWebJobsStorage !== undefined;
  const hasAddress = [
    settings.AzureWebJobsStorage__accountName,
    settings.AzureWebJobsStorage__blobServiceUri,
    settings.AzureWebJobsStorage__queueServiceUri,
  ].some((value) => value !== undefined);
  if (hasKey && hasAddress) {
    yield warning(
      "AzureWebJobsStorage is set beside AzureWebJobsStorage__...: the connection string is what is used",
      "Delete the one that is not meant; in Azure that is AzureWebJobsStorage.",
    );
  } else if (hasKey && isInAzure(environment)) {
    yield warning(
      "AzureWebJobsStorage holds a key of the storage account",
      "Use the identity instead, as infra/ sets it up: AzureWebJobsStorage__blobServiceUri and __queueServiceUri.",
    );
  }
  if (isInAzure(environment) && settings.BLOB_TRIGGER_SOURCE !== "EventGrid") {
    yield wrong(
      `BLOB_TRIGGER_SOURCE is ${settings.BLOB_TRIGGER_SOURCE}, which Flex Consumption does not take`,
      "Set it to EventGrid, and make the event subscription (infra/events.bicep).",
    );
  }
}

function* tellIdentity(environment: SettingsDeps["environment"]): Generator<Told> {
  if (!isInAzure(environment)) return;
  const [ours, ofHost] = [environment["AZURE_CLIENT_ID"], environment["AzureWebJobsStorage__clientId"]];
  if (!ours) {
    yield wrong(
      "AZURE_CLIENT_ID is missing",
      "Set it to the client id of the app's user-assigned identity (output identityClientId of the deployment).",
    );
  } else if (ofHost && ofHost !== ours) {
    yield warning(
      "AZURE_CLIENT_ID and AzureWebJobsStorage__clientId name two identities",
      "Roles have to be given to both; the deployment sets both to one.",
    );
  }
  for (const name of ["ENTRA_INSTANCE_DISCOVERY", "KEY_VAULT_CHALLENGE_VERIFICATION"]) {
    if (environment[name] !== "false") continue;
    yield warning(`${name} is false, which is meant for stand-ins on a laptop`, "Delete the setting.");
  }
  if (!environment["OUTBOUND_IP"]) {
    yield warning(
      "OUTBOUND_IP is missing, so nobody is shown the address that ICE has to allow-list",
      "Deploy again, or set it to the deployment's output outboundIp.",
    );
  }
}

/** Where the services of one cloud are; stand-ins are of none. */
const clouds: readonly { readonly name: string; readonly hosts: RegExp }[] = [
  { name: "the public cloud", hosts: /(^|\.)(graph\.microsoft\.com|login\.microsoftonline\.com|vault\.azure\.net)$/ },
  {
    name: "the US government's cloud",
    hosts:
      /(^|\.)(graph\.microsoft\.us|dod-graph\.microsoft\.us|login\.microsoftonline\.us|vault\.usgovcloudapi\.net)$/,
  },
  {
    name: "the cloud in China",
    hosts:
      /(^|\.)(microsoftgraph\.chinacloudapi\.cn|login\.(partner\.microsoftonline|chinacloudapi)\.cn|vault\.azure\.cn)$/,
  },
];

function* tellClouds(environment: SettingsDeps["environment"], settings: Settings): Generator<Told> {
  const cloudOf = (name: "GRAPH_ENDPOINT" | "ENTRA_AUTHORITY_HOST" | "KEY_VAULT_URI") => ({
    name,
    cloud: clouds.find(({ hosts }) => hosts.test(new URL(settings[name]).hostname))?.name,
  });
  const found = [cloudOf("GRAPH_ENDPOINT"), cloudOf("ENTRA_AUTHORITY_HOST"), cloudOf("KEY_VAULT_URI")];
  const isMixed = new Set(found.map(({ cloud }) => cloud)).size > 1;
  if (!isMixed || (!isInAzure(environment) && found.some(({ cloud }) => cloud === undefined))) return;
  yield wrong(
    `the addresses are of different clouds: ${found.map(({ name, cloud = "none of Microsoft's" }) => `${name} of ${cloud}`).join(", ")}`,
    "Set all three to one cloud; a token of one is no use in another.",
  );
}

function* tellWaits({ STANDSTILL_SECONDS, SLICE_SECONDS, FETCH_DEADLINE_SECONDS }: Settings): Generator<Told> {
  if (STANDSTILL_SECONDS <= SLICE_SECONDS) {
    yield warning(
      `STANDSTILL_SECONDS (${STANDSTILL_SECONDS}) is not longer than SLICE_SECONDS (${SLICE_SECONDS})`,
      "The sweep would set work going again that is still being done; make it longer, e.g. 900.",
    );
  }
  if (FETCH_DEADLINE_SECONDS >= functionTimeoutInSeconds) {
    yield warning(
      `FETCH_DEADLINE_SECONDS (${FETCH_DEADLINE_SECONDS}) is not shorter than a function may run (${functionTimeoutInSeconds})`,
      "The host would end a long fetch in the middle; make it shorter, e.g. 1500.",
    );
  }
}

/** As host.json's functionTimeout says; a test compares. */
export const functionTimeoutInSeconds = 1800;
