import { setTimeout as delay } from "node:timers/promises";
import { app, type InvocationContext, type Timer } from "@azure/functions";

/** An app whose functions do what their input says and log what they were given, so that tests can see the host's rules. */
interface Order {
  readonly note?: string;
  readonly sleepInMs?: number;
  readonly fail?: boolean;
  readonly crash?: boolean;
  readonly hang?: boolean;
}

const connection = "Storage";

// Keeps the process from ending by itself, as the open connections of a real app do.
setInterval(() => {}, 60_000);

async function obey(input: unknown, context: InvocationContext): Promise<void> {
  const order: Order = typeof input === "object" && input !== null ? input : {};
  context.log(
    JSON.stringify({
      ran: context.functionName,
      input,
      metadata: context.triggerMetadata,
      retry: context.retryContext,
    }),
  );
  if (order.sleepInMs !== undefined) await delay(order.sleepInMs);
  if (order.hang === true) await new Promise(() => setInterval(() => {}, 1_000));
  if (order.crash === true) process.exit(3);
  if (order.fail === true) throw new Error("told to fail");
  console.log(JSON.stringify({ finished: context.functionName, input }));
}

app.storageQueue("takeOrder", { queueName: "%ORDERS_QUEUE%", connection, handler: obey });
app.storageQueue("takePoison", { queueName: "%POISON_QUEUE%", connection, handler: obey });
app.storageBlob("openParcel", {
  path: "parcels/{drop}/{gen}/{file}.json",
  connection,
  source: "EventGrid",
  handler: async (content, context) => {
    const text = Buffer.isBuffer(content) ? content.toString("utf8") : JSON.stringify(content);
    await obey(JSON.parse(text), context);
  },
});

let ticks = 0;
app.timer("tick", {
  schedule: "%TICK_SCHEDULE%",
  handler: async (timer: Timer, context) => obey({ note: `tick ${++ticks} in ${process.pid}`, timer }, context),
});

app.timer("yearly", {
  schedule: "0 0 0 1 1 *",
  retry: { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: { milliseconds: 600 } },
  handler: async (timer: Timer, context) => obey({ timer, fail: (context.retryContext?.retryCount ?? 0) < 2 }, context),
});

app.http("greet", {
  route: "greet/{name}",
  methods: ["GET", "POST"],
  handler: async (request) => ({
    status: 201,
    headers: { "x-greeting": "yes" },
    cookies: [{ name: "seen", value: "1", httpOnly: true, sameSite: "Strict" }],
    jsonBody: { name: request.params.name, query: request.query.get("q"), body: await request.text() },
  }),
});
app.http("fail", { route: "fail", handler: () => Promise.reject(new Error("told to fail")) });
app.http("reserved", { route: "admin/secret", handler: async () => ({ status: 200 }) });
