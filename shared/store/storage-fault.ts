/** Storage did not do what was asked, as far as can be known. The message names operation and path, and what to do. */
export class StorageFault extends Error {
  override readonly name = "StorageFault";
  readonly messageIsOurs = true;
  readonly operation: string;
  /** Container and blob, or the queue. */
  readonly path: string;
  /** HTTP status of the last reply; undefined when there was none. */
  readonly status: number | undefined;
  /** Storage's own code such as `ContainerNotFound`, or Node's such as `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(operation: string, path: string, cause: unknown) {
    const status = toStatus(cause);
    const code = toCode(cause);
    super(
      `Storage: ${operation} ${path} failed (${[status, code].filter(Boolean).join(" ") || "no reply"}).${toHint(status, code)}`,
      {
        cause,
      },
    );
    this.operation = operation;
    this.path = path;
    this.status = status;
    this.code = code;
  }

  /** No reply, or one that does not tell whether the request was carried out: it may have been. */
  get leavesOutcomeUnknown(): boolean {
    return this.status === undefined || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** A condition of the request did not hold. Our own earlier try, whose reply was lost, may be the reason. */
  get isConflict(): boolean {
    return this.status === 409 || this.status === 412;
  }

  /** The blob is not there; a missing container is another thing. */
  get isBlobMissing(): boolean {
    return this.status === 404 && this.code !== "ContainerNotFound" && this.code !== "QueueNotFound";
  }
}

/** What a try that failed came to, for whoever counts: that a blob is not there, or that a condition does not hold, is an answer. */
export function judgeStorageError(error: unknown): "ok" | "failed" | "throttled" {
  const status = toStatus(error);
  if (status === 429 || status === 503) return "throttled";
  return status !== undefined && [404, 409, 412, 416].includes(status) ? "ok" : "failed";
}

/** Whether trying again may help: anything but a reply that says what was wrong with the request. */
export function isWorthRetrying(error: unknown): boolean {
  const status = toStatus(error);
  return status === undefined || status === 408 || status === 429 || status >= 500;
}

function toStatus(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, "statusCode") : undefined;
  // The SDK also puts the 200 of a reply here whose body came cut off.
  return typeof status === "number" && status >= 400 ? status : undefined;
}

function toCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const details: unknown = Reflect.get(error, "details");
  // The reply to a HEAD request has no body: its code comes in a header, which the SDK puts here.
  const fromHeader: unknown =
    typeof details === "object" && details !== null ? Reflect.get(details, "errorCode") : undefined;
  const code: unknown = Reflect.get(error, "code") ?? fromHeader;
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : undefined;
}

function toHint(status: number | undefined, code: string | undefined): string {
  if (code === "ContainerNotFound" || code === "QueueNotFound")
    return " It is made by infra/ in Azure and at start on a laptop.";
  if (status === 401 || status === 403) {
    return " The app's identity needs Storage Blob Data Contributor and Storage Queue Data Contributor on the account, and a network path to it.";
  }
  if (status === undefined) return " Storage could not be reached, or its reply did not come in time.";
  return "";
}
