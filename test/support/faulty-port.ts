/** One call of a wrapped port's method. */
export interface PortCall {
  readonly port: string;
  readonly method: string;
}

/** What goes wrong, once. */
export interface PortFault {
  /** The n-th call among those that match, from 1. */
  readonly nth: number;
  /** Which calls are counted. @default all */
  readonly of?: (call: PortCall) => boolean;
  /** Before the call has an effect, or after it, its reply being lost. */
  readonly when: "before" | "after";
  /**
   * "throw": this call rejects. "hang": this call never settles. "end": the process ends: this call and all later ones of
   * every wrapped port reject. "vanish": likewise, but they never settle, so that no catch or finally can run: race the
   * code under test against `ended`.
   */
  readonly what: "throw" | "hang" | "end" | "vanish";
}

/** What a planned fault rejects with; its message tells the call. */
export class PlannedFault extends Error {
  override readonly name = "PlannedFault";
}

/** Methods that answer at once: they neither count nor fail, but what they give is wrapped too. */
const synchronous = new Set(["now", "isFresh", "writer", "list", "listKeys", "child"]);

/** Wraps the ports that one process has, counts their calls in one row, and lets one of them go wrong. */
export class FaultyPorts {
  readonly calls: PortCall[] = [];
  /** How many faults have struck. */
  struck = 0;
  /** Resolves when a fault has ended the process. */
  readonly ended: Promise<void>;
  readonly #faults: readonly PortFault[];
  readonly #matches = new Map<PortFault, number>();
  readonly #end: () => void;
  #hang = Promise.withResolvers<void>();
  #ending: "end" | "vanish" | undefined;

  constructor(...faults: readonly PortFault[]) {
    this.#faults = faults;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Whether a fault has ended the process. */
  get hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** Resolves when the next call hangs. */
  get nextHang(): Promise<void> {
    return this.#hang.promise;
  }

  /** Ends the process now, as the fault "vanish" does. */
  vanish(): void {
    this.#ending ??= "vanish";
    this.#end();
  }

  /** The port with its calls counted; objects with methods that it gives out (writers, leases, listings) are wrapped too. */
  wrap<T extends object>(name: string, port: T): T {
    return new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function" || key === "constructor") return member;
        if (key === Symbol.asyncIterator) return () => this.#wrapIterator(name, member.apply(target, []));
        const call = { port: name, method: String(key) };
        if (synchronous.has(call.method))
          return (...args: unknown[]) => this.#wrapResult(call, member.apply(target, args));
        return async (...args: unknown[]) =>
          this.#wrapResult(call, await this.#call(call, async () => member.apply(target, args)));
      },
    });
  }

  async #call<T>(call: PortCall, run: () => Promise<T>): Promise<T> {
    await this.#stopIfEnded(call);
    this.calls.push(call);
    const fault = this.#faultOf(call);
    if (fault?.when === "before") return this.#strike(fault, call);
    const result = await run();
    if (fault !== undefined) return this.#strike(fault, call);
    await this.#stopIfEnded(call);
    return result;
  }

  #faultOf(call: PortCall): PortFault | undefined {
    const matching = this.#faults.filter(({ of }) => of === undefined || of(call));
    for (const fault of matching) this.#matches.set(fault, (this.#matches.get(fault) ?? 0) + 1);
    return matching.find((fault) => this.#matches.get(fault) === fault.nth);
  }

  #strike(fault: PortFault, call: PortCall): Promise<never> {
    this.struck += 1;
    if (fault.what === "end" || fault.what === "vanish") {
      this.#ending = fault.what;
      this.#end();
    }
    if (fault.what === "hang") {
      this.#hang.resolve();
      this.#hang = Promise.withResolvers<void>();
    }
    if (fault.what === "hang" || fault.what === "vanish") return new Promise(() => {});
    return Promise.reject(new PlannedFault(`${fault.what} ${fault.when} ${call.port}.${call.method}`));
  }

  async #stopIfEnded({ port, method }: PortCall): Promise<void> {
    if (this.#ending === "vanish") await new Promise(() => {});
    if (this.#ending === "end") throw new PlannedFault(`${port}.${method} after the process ended`);
  }

  #wrapResult(call: PortCall, result: unknown): unknown {
    return hasMethods(result) ? this.wrap(`${call.port}.${call.method}`, result) : result;
  }

  /** The first step of an iteration counts as the call; once the process has ended, later steps fail too. */
  #wrapIterator(port: string, iterator: AsyncIterator<unknown>): AsyncIterator<unknown> {
    const call = { port, method: "next" };
    let isFirst = true;
    const step = async () => {
      await this.#stopIfEnded(call);
      return iterator.next();
    };
    return {
      next: () => {
        const run = isFirst ? this.#call(call, step) : step();
        isFirst = false;
        return run;
      },
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    };
  }
}

/** Whether a result is an object to call further, not data. */
function hasMethods(result: unknown): result is object {
  if (typeof result !== "object" || result === null || ArrayBuffer.isView(result) || Array.isArray(result))
    return false;
  if (result instanceof Date || result instanceof Map || result instanceof Set) return false;
  if (Symbol.asyncIterator in result) return true;
  const prototype: unknown = Object.getPrototypeOf(result);
  const holders = prototype === Object.prototype || typeof prototype !== "object" ? [result] : [result, prototype];
  return holders.some((holder) => holder !== null && hasOwnMethods(holder));
}

function hasOwnMethods(holder: object): boolean {
  const names = Object.getOwnPropertyNames(holder).filter((name) => name !== "constructor");
  return names.some((name) => typeof Object.getOwnPropertyDescriptor(holder, name)?.value === "function");
}
