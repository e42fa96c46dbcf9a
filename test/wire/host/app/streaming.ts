import { Readable } from "node:stream";
import { app } from "@azure/functions";

/** An app that streams HTTP both ways. */
app.setup({ enableHttpStream: true });

app.http("measure", {
  route: "measure/{*path}",
  methods: ["PUT"],
  handler: async (request) => {
    let bytes = 0;
    for await (const chunk of request.body ?? []) bytes += chunk.byteLength;
    return { jsonBody: { bytes, path: request.params.path, q: request.query.get("q") } };
  },
});

app.http("count", {
  route: "count/{to}",
  methods: ["GET"],
  handler: async (request) => {
    async function* numbers(): AsyncGenerator<Buffer> {
      for (let n = 1; n <= Number(request.params.to); n += 1) yield Buffer.from(`${n}\n`);
    }
    return { headers: { "content-type": "text/plain" }, body: Readable.from(numbers()) };
  },
});

app.http("fail", { route: "fail", handler: () => Promise.reject(new Error("told to fail")) });
