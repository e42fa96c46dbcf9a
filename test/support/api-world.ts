import assert from "node:assert/strict";
import type { z } from "zod";
import { toDailyShelves } from "../../shared/api/daily-deps.ts";
import type { ChangeDropDeps } from "../../shared/api/handlers/change-drop.ts";
import { deadOperations } from "../../shared/api/handlers/dead.ts";
import { type DropDeps, dropOperations } from "../../shared/api/handlers/drops.ts";
import { type GenerationDeps, generationOperations } from "../../shared/api/handlers/generations.ts";
import { type SearchDeps, searchOperations } from "../../shared/api/handlers/search.ts";
import type { Operation } from "../../shared/api/operation.ts";
import { ApiProblem } from "../../shared/api/problem.ts";
import { readFields } from "../../shared/api/read-fields.ts";
import type { AnyReply } from "../../shared/api/request.ts";
import type { Route } from "../../shared/api/route.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { FaultyPorts } from "./faulty-port.ts";

type Deps = DropDeps & GenerationDeps & SearchDeps & ChangeDropDeps;

/** What the endpoints are put over: a PipelineWorld, or a real storage. */
export interface ApiPlace {
  readonly blobs: Blobs;
  readonly directory: Deps["directory"];
  readonly deps: Pick<Deps, "queues" | "clock" | "log" | "writer">;
}

/** What is given with a call. */
export interface Given {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The daily endpoints over a world's ports, as the router calls them: what goes in and out passes the contract. */
export class ApiWorld {
  readonly deps: Deps;
  /** Calls of storage that the endpoints have made. */
  readonly ports = new FaultyPorts();
  /** How often a folder was listed: the ports do not count that. */
  lists = 0;
  readonly #operations: readonly Operation<Deps>[] = [
    ...dropOperations,
    ...generationOperations,
    ...deadOperations,
    ...searchOperations,
  ];

  constructor(world: ApiPlace) {
    const list = world.blobs.list.bind(world.blobs);
    const counted = this.ports.wrap("blobs", world.blobs);
    const blobs = new Proxy(counted, {
      get: (target, key) => {
        if (key !== "list") return Reflect.get(target, key);
        return (...args: Parameters<typeof list>) => {
          this.lists += 1;
          return list(...args);
        };
      },
    });
    const { queues, clock, log, writer } = world.deps;
    const { directory } = world;
    this.deps = { blobs, queues, clock, log, writer, directory, ...toDailyShelves(blobs, clock) };
  }

  /** Storage requests so far: a listing counts once, since the tests' folders are below its 5,000. */
  get requests(): number {
    // Pieces of a stream are calls too, and no requests.
    return this.ports.calls.filter(({ port }) => port === "blobs").length + this.lists;
  }

  /** What an endpoint answers an admin, as its contract lets it through. @throws ApiProblem */
  async ask<S extends z.ZodType>(route: Route & { readonly reply: S }, given: Given = {}): Promise<z.output<S>> {
    const { body } = await this.call(route, given);
    return route.reply.parse(body);
  }

  /** The file that an endpoint answers, as text. */
  async download(route: Route, given: Given = {}): Promise<{ readonly name: string; readonly text: string }> {
    const { file } = await this.call(route, given);
    assert.ok(file !== undefined);
    const pieces: Buffer[] = [];
    const { content } = file;
    if (typeof content === "string" || content instanceof Uint8Array) pieces.push(Buffer.from(content));
    else for await (const piece of content) pieces.push(Buffer.from(piece));
    return { name: file.name, text: Buffer.concat(pieces).toString() };
  }

  /** Calls an endpoint as an admin. @throws ApiProblem */
  async call(route: Route, given: Given = {}): Promise<AnyReply> {
    const operation = this.#operations.find((one) => one.route.endpoint === route.endpoint);
    if (operation === undefined) throw new Error(`nothing answers ${route.endpoint}`);
    const { params, query, body } = route;
    const read = (schema: typeof params, value: unknown) =>
      schema === undefined ? undefined : readFields(schema, value);
    return await operation.handle(this.deps, {
      principal: { id: "entra:admin@tenant", name: "Admin", role: "admin" },
      params: read(params, given.params ?? {}),
      query: read(query, given.query ?? {}),
      body: read(body, given.body ?? {}),
      upload: undefined,
      ifMatch: undefined,
    });
  }

  /** The problem that an endpoint refuses with. */
  async refusal(route: Route, given: Given = {}): Promise<string> {
    const problem = await this.call(route, given).then(
      () => assert.fail(`${route.endpoint} was not refused`),
      (error: unknown) => error,
    );
    if (!(problem instanceof ApiProblem)) throw problem;
    const errors = problem.errors?.map(({ path, message }) => `${path} ${message}`).join("; ");
    return `${problem.problem}: ${errors ?? problem.message}`;
  }
}
