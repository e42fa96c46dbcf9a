import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { type EndpointName, endpoints } from "../../../shared/api/endpoints.ts";
import { toOpenApi } from "../../../shared/api/openapi.ts";
import { operations } from "../../../shared/api/operations.ts";
import { problems } from "../../../shared/api/problem.ts";

/** As much of a schema as can be told to be one: JSON Schema 2020-12, where every keyword that is used has its form. */
const schema = z.lazy(
  (): z.ZodType =>
    z.union([
      z.boolean(),
      z.strictObject({
        $ref: z.string().startsWith("#/components/schemas/").optional(),
        type: z.union([types, z.array(types)]).optional(),
        properties: z.record(z.string(), schema).optional(),
        required: z.array(z.string()).optional(),
        additionalProperties: schema.optional(),
        propertyNames: schema.optional(),
        items: schema.optional(),
        prefixItems: z.array(schema).optional(),
        anyOf: z.array(schema).optional(),
        oneOf: z.array(schema).optional(),
        allOf: z.array(schema).optional(),
        not: schema.optional(),
        enum: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
        const: z.unknown().optional(),
        default: z.unknown().optional(),
        description: z.string().optional(),
        format: z.string().optional(),
        contentEncoding: z.string().optional(),
        pattern: z.string().refine(isPattern).optional(),
        minimum: z.number().optional(),
        maximum: z.number().optional(),
        exclusiveMinimum: z.number().optional(),
        exclusiveMaximum: z.number().optional(),
        multipleOf: z.number().optional(),
        minLength: z.number().optional(),
        maxLength: z.number().optional(),
        minItems: z.number().optional(),
        maxItems: z.number().optional(),
        uniqueItems: z.boolean().optional(),
      }),
    ]),
);
const types = z.enum(["string", "number", "integer", "boolean", "object", "array", "null"]);
const content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+*-]+(; charset=utf-8)?$/), z.strictObject({ schema }));
const response = z.union([
  z.strictObject({ $ref: z.literal("#/components/responses/Problem") }),
  z.strictObject({ description: z.string().min(1), content: content.optional() }),
]);
const operation = z.strictObject({
  operationId: z.string(),
  summary: z.string().min(5),
  description: z.string().min(5),
  tags: z.array(z.string().min(1)),
  parameters: z.array(
    z.strictObject({
      name: z.string(),
      in: z.enum(["path", "query", "header"]),
      required: z.boolean(),
      schema,
      description: z.string().optional(),
    }),
  ),
  requestBody: z.strictObject({ required: z.boolean(), description: z.string().optional(), content }).optional(),
  responses: z.record(z.string().regex(/^(\d{3}|default)$/), response),
});
/** The objects of OpenAPI 3.1.0 that we use, strictly: sections 4.8.1 to 4.8.24. */
const document = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({ title: z.string(), version: z.string().min(1), description: z.string() }),
  servers: z.array(z.strictObject({ url: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(z.enum(["get", "post", "put", "patch", "delete"]), operation),
  ),
  components: z.strictObject({
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.literal("http"), scheme: z.literal("bearer") })),
    schemas: z.record(z.string(), schema),
    responses: z.record(z.string(), z.strictObject({ description: z.string(), content })),
  }),
});

function isPattern(text: string): boolean {
  return new RegExp(text, "u") instanceof RegExp;
}

describe("the OpenAPI document", () => {
  const routes = operations.map(({ route }) => route);
  const read = document.parse(JSON.parse(JSON.stringify(toOpenApi(routes, "1.2.3"))));
  const listed = Object.entries(read.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ path, method, of })),
  );

  test("lists every endpoint that is answered, by method and path", () => {
    const asText = listed.map(({ path, method, of }) => `${of?.operationId} ${method.toUpperCase()} ${path}`);
    const expected = routes.map(({ endpoint }) => `${endpoint} ${endpoints[endpoint]}`);
    assert.deepEqual(asText.toSorted(), expected.toSorted());
    assert.equal(read.info.version, "1.2.3");
  });

  test("names each part of a path, as needed", () => {
    for (const { path, of } of listed) {
      const named = of?.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name) ?? [];
      assert.deepEqual(
        named.toSorted(),
        Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name).toSorted(),
        path,
      );
      assert.ok(of?.parameters.every((parameter) => parameter.in !== "path" || parameter.required));
    }
  });

  test("asks for our own header with every change, and says which role it takes", () => {
    for (const { method, of } of listed) {
      const hasOwn = of?.parameters.some(({ name, required }) => name === "x-icechat" && required) ?? false;
      assert.equal(hasOwn, method !== "get", of?.operationId);
      const isAdmins = of?.description.includes("Reader") === false;
      const route = routes.find(({ endpoint }) => endpoint === of?.operationId);
      assert.equal(isAdmins, route?.role === "admin", of?.operationId);
    }
  });

  test("has an answer and a problem for each", () => {
    for (const { of } of listed) {
      const statuses = Object.keys(of?.responses ?? {});
      assert.ok(
        statuses.includes("default") && (statuses.includes("200") || statuses.includes("204")),
        of?.operationId,
      );
    }
    const text = JSON.stringify(read.components.schemas["Problem"]);
    for (const name of Object.keys(problems)) assert.ok(text.includes(`urn:icechat:problem:${name}`));
  });

  test("tells the parameters of a query, in the words of the contract", () => {
    const audit = read.paths["/audit"]?.get?.parameters ?? [];
    assert.deepEqual(
      audit.map(({ name, required }) => [name, required]),
      [
        ["limit", false],
        ["cursor", false],
        ["from", false],
        ["to", false],
      ],
    );
    assert.ok(audit.every(({ description }) => description !== undefined));
  });
});

test("each change is an admin's, and what a reader may ask for changes nothing", () => {
  const readsOnly: readonly EndpointName[] = ["search", "checkMapping", "testPerson", "checkHoldList"];
  for (const { route } of operations) {
    const isReading = endpoints[route.endpoint].startsWith("GET ") || readsOnly.includes(route.endpoint);
    assert.ok(isReading || route.role === "admin", route.endpoint);
  }
});
