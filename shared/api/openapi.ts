import * as z from "zod";
import { ownHeader } from "./csrf.ts";
import { problems } from "./problem.ts";
import type { Route } from "./route.ts";
import { toMethodAndPath } from "./route-table.ts";

type Json = Readonly<Record<string, unknown>>;

/** The API as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0), made of the very schemas that requests are read by. */
export function toOpenApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const [method, path] = toMethodAndPath(route.endpoint);
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(route, method, path) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "ICE Chat archive connector", version, description: about },
    servers: [{ url: "/api/v1" }],
    security: [{ entra: [] }],
    paths,
    components: { securitySchemes, schemas: { Problem: problemSchema }, responses: { Problem: problemResponse } },
  };
}

const about =
  "Everything that the admin's page does. Every change needs the header x-icechat: 1, and leaves a record in the audit log.";

const securitySchemes = {
  entra: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A token of Entra ID for the app's registration.",
  },
} as const;

const problemSchema = {
  type: "object",
  description: "RFC 9457",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string", enum: Object.keys(problems).map((name) => `urn:icechat:problem:${name}`) },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
} as const;

const problemResponse = {
  description: "It was not done, and why.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
} as const;

function toOperation(route: Route, method: string, path: string): Json {
  const body = toRequestBody(route);
  return {
    operationId: route.endpoint,
    summary: route.summary,
    description:
      route.role === "admin"
        ? "Takes the role Connector.Admin."
        : "Takes the role Connector.Reader or Connector.Admin.",
    tags: [path.split("/")[1]],
    parameters: [
      ...toParameters(route.params, "path", pathNames(path)),
      ...toParameters(route.query, "query", []),
      ...toHeaderParameters(method),
    ],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { ...toResponse(route), default: { $ref: "#/components/responses/Problem" } },
  };
}

function pathNames(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
}

/** Each field of an object's schema as a parameter; `names` are there also where the schema does not have them. */
function toParameters(schema: z.ZodType | undefined, place: "path" | "query", names: readonly string[]): Json[] {
  const { properties, required } = fields.parse(schema === undefined ? {} : toJsonSchema(schema, "input"));
  return [...new Set([...names, ...Object.keys(properties)])].map((name) => {
    const { description, ...of } = properties[name] ?? { type: "string" };
    return {
      ...{ name, in: place, required: place === "path" || required.includes(name), schema: of },
      ...(description === undefined ? {} : { description }),
    };
  });
}

const fields = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});

function toHeaderParameters(method: string): Json[] {
  if (method === "GET") return [];
  const own = {
    name: ownHeader.name,
    in: "header",
    required: true,
    schema: { type: "string", const: ownHeader.value },
  };
  const ifMatch = {
    ...{ name: "If-Match", in: "header", required: false, schema: { type: "string" } },
    description: "The ETag of the version that was read, where the endpoint changes what has one (428 without it).",
  };
  return method === "POST" ? [own] : [own, ifMatch];
}

function toRequestBody(route: Route): Json | undefined {
  if (route.upload !== undefined) {
    const { contentType, mostBytes } = route.upload;
    const description = `A file of at most ${mostBytes} bytes.`;
    return { required: true, description, content: { [contentType]: { schema: { type: "string" } } } };
  }
  if (route.body === undefined) return undefined;
  const isRequired = !route.body.safeParse(undefined).success;
  return { required: isRequired, content: { "application/json": { schema: toJsonSchema(route.body, "input") } } };
}

function toResponse({ reply, download }: Route): Json {
  if (download !== undefined) {
    const content = { [download]: { schema: { type: "string" } } };
    return { 200: { description: "The file.", content } };
  }
  if (reply === undefined) return { 204: { description: "It is done." } };
  return {
    200: { description: "The answer.", content: { "application/json": { schema: toJsonSchema(reply, "output") } } },
  };
}

/** OpenAPI 3.1 takes JSON Schema 2020-12 as it is, save for the dialect's name, which the document has for all. */
function toJsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" });
  return json;
}
