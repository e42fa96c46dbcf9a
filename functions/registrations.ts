import type { app as App, InvocationContext } from "@azure/functions";
import { apiRoot, methods } from "./http-routes.ts";
import { type Invocation, toInvocation } from "./invocation.ts";
import type { Stages } from "./wiring.ts";

/** What the triggers themselves are told by app settings; all have defaults, so that registering cannot fail. */
export interface TriggerSettings {
  /** When connectors are looked through for one that is due, as NCRONTAB. @default every 15 minutes */
  readonly FETCH_SCHEDULE?: string | undefined;
  /** @default every 5 minutes */
  readonly SWEEP_SCHEDULE?: string | undefined;
  /** "EventGrid" in Azure (all that Flex Consumption takes); "LogsAndContainerScan" on Azurite. */
  readonly BLOB_TRIGGER_SOURCE?: string | undefined;
}

const connection = "AzureWebJobsStorage";
const everyFiveMinutes = "0 */5 * * * *";
/** Most schedules come up at a quarter of an hour, and a timer that finds nothing due wakes an instance all the same. */
const everyQuarter = "0 */15 * * * *";

/** Queue functions: name, queue, and the stage that takes its messages. */
const queueFunctions = [
  ["fetchDropsOnDemand", "fetches", "fetchDropsOnDemand"],
  ["mapChats", "chats", "mapChats"],
  ["gatherMailboxes", "partitions", "gatherMailboxes"],
  ["importMailbox", "mailboxes", "importMailbox"],
  ["checkUp", "checks", "checkUp"],
] as const;

/** Where the host puts messages that failed too often. */
const poisonQueues = [
  ["buryFetch", "fetches-poison"],
  ["buryChat", "chats-poison"],
  ["buryPartition", "partitions-poison"],
  ["buryMailbox", "mailboxes-poison"],
  ["buryCheck", "checks-poison"],
  ["buryBlobEvent", "webjobs-blobtrigger-poison"],
] as const;

/**
 * Registers every function. Nothing here can fail: an app whose entry throws before its first registration looks to the
 * host like an app without functions. `stagesFor` may fail: then each invocation says why. Nor is anything loaded here
 * that registering does not need: the host waits for it at each start of an instance.
 */
export function registerFunctions(
  app: typeof App,
  settings: TriggerSettings,
  stagesFor: (invocation: Invocation) => Promise<Stages>,
): void {
  const stages = (context: InvocationContext): Promise<Stages> => stagesFor(toInvocation(context));
  // Anonymous to the host: who may is for App Service Authentication, and for the API itself.
  const open = { methods, authLevel: "anonymous" } as const;
  app.http("api", {
    ...open,
    route: `${apiRoot.slice(1)}/{*path}`,
    handler: async (request, context) => {
      const { answerRequest } = await import("./http.ts");
      return await answerRequest(request, async (ask) => (await stages(context)).answerApi(ask, context.invocationId));
    },
  });
  // The host's own paths (admin, runtime/webhooks) go before all functions', and these by their names: "api" before "portal"
  // (azure-functions-host: WebJobsApplicationBuilderExtension, FunctionMetadataManager).
  app.http("portal", {
    ...open,
    route: "{*path}",
    handler: async (request, context) => {
      const { answerPortal, answerRequest } = await import("./http.ts");
      return await answerRequest(request, (ask) => answerPortal(toInvocation(context).log, ask, context.invocationId));
    },
  });
  app.timer("fetchDrops", {
    schedule: settings.FETCH_SCHEDULE || everyQuarter,
    handler: async (_timer, context) => await (await stages(context)).fetchDrops(),
  });
  app.timer("sweep", {
    schedule: settings.SWEEP_SCHEDULE || everyFiveMinutes,
    handler: async (_timer, context) => await (await stages(context)).sweep(),
  });
  app.storageBlob("openDropFile", {
    path: "released/{drop}/{gen}/{file}.json",
    connection,
    source: settings.BLOB_TRIGGER_SOURCE === "LogsAndContainerScan" ? "LogsAndContainerScan" : "EventGrid",
    // The path whole: a host turns single tokens that look like numbers into numbers.
    handler: async (_ticket, context) =>
      await (await stages(context)).openDropFile(String(context.triggerMetadata?.["blobTrigger"])),
  });
  for (const [name, queueName, stage] of queueFunctions) {
    app.storageQueue(name, {
      queueName,
      connection,
      handler: async (message, context) =>
        await (await stages(context))[stage](message, context.triggerMetadata?.["dequeueCount"]),
    });
  }
  for (const [name, queueName] of poisonQueues) {
    app.storageQueue(name, {
      queueName,
      connection,
      handler: async (message, context) =>
        await (await stages(context)).buryMessage(queueName, String(context.triggerMetadata?.["id"]), message),
    });
  }
}
