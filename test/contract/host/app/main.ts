import { app } from "@azure/functions";

/** An app of one function of each kind, for the contract between host, worker and the functions library. */
const connection = "Storage";

app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName === "hooked") context.inputs[0] = "from the hook";
});
app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName === "hooked") context.result = `${context.result}, twice`;
});

app.timer("clock", {
  schedule: "0 */5 * * * *",
  retry: {
    strategy: "exponentialBackoff",
    maxRetryCount: 4,
    minimumInterval: { seconds: 2 },
    maximumInterval: { minutes: 1 },
  },
  handler: async (timer, context) => ({ timer, retry: context.retryContext }),
});
app.storageQueue("taker", {
  queueName: "orders",
  connection,
  handler: async (message, context) => {
    // Runs until its process ends.
    if (message === "wait") await new Promise(() => undefined);
    return { message, metadata: context.triggerMetadata, trace: context.traceContext };
  },
});
app.storageBlob("opener", {
  path: "released/{drop}/{gen}/{file}.json",
  connection,
  source: "EventGrid",
  handler: async (content, context) => ({ isBuffer: Buffer.isBuffer(content), metadata: context.triggerMetadata }),
});
app.storageQueue("hooked", { queueName: "hooked", connection, handler: async (message) => `${message}` });
app.storageQueue("late", {
  queueName: "late",
  connection,
  handler: async () => app.timer("tooLate", { schedule: "0 0 0 * * *", handler: async () => {} }),
});
app.storageQueue("failing", {
  queueName: "failing",
  connection,
  handler: async () => {
    throw new TypeError("told to fail");
  },
});
app.http("web", {
  route: "web/{id}",
  methods: ["POST"],
  handler: async (request) => ({ status: 202, body: `${request.method} ${request.params.id} ${await request.text()}` }),
});
