import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type RunningAzurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { bundle } from "../../../local/build/esbuild-bundle.ts";
import type { HostLogLine } from "../../../local/host/log.ts";
import { type RunningHost, startHost } from "../../../local/host/start-host.ts";
import { type AzureStorage, openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";

const root = join(import.meta.dirname, "../../..");

/** An answer as it came, nothing followed, nothing unpacked. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

/** A request as it is sent: `path` goes out as it stands, which fetch would tidy up. */
export interface RawAsk {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

/** The app behind the local host's HTTP server. */
export interface AppUnderTest {
  readonly host: RunningHost;
  readonly lines: readonly HostLogLine[];
  call(path: string, ask?: RawAsk): Promise<RawAnswer>;
}

/** The app's bundle, with a page of three files beside it, and storage. */
export interface ApiBench {
  readonly azurite: RunningAzurite;
  readonly storage: AzureStorage;
  start(settings: Readonly<Record<string, string>>): Promise<AppUnderTest>;
  release(): Promise<void>;
}

/** Builds and starts what the tests of one file share. */
export async function openApiBench(): Promise<ApiBench> {
  const folder = await mkdtemp(join(tmpdir(), "api-bench-"));
  const outfile = join(folder, "dist", "main.js");
  await mkdir(join(folder, "dist", "portal", "assets"), { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", main: "dist/main.js" }));
  await cp(join(root, "host.json"), join(folder, "host.json"));
  await writeFile(join(folder, "secret.txt"), "not served");
  await writeFile(join(folder, "dist", "portal", "index.html"), '<style nonce="{{nonce}}"></style>');
  await writeFile(
    join(folder, "dist", "portal", "assets", "main-5QFKN3RY.js"),
    "export const words = 1;\n".repeat(100),
  );
  await writeFile(join(folder, "dist", "portal", "assets", "main-5QFKN3RY.js.map"), "{}");
  await writeFile(join(folder, "dist", "portal", "icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  const [azurite] = await Promise.all([startAzurite(), bundle({ entry: join(root, "functions", "main.ts"), outfile })]);
  const storage = openAzureStorage({ connectionString: azurite.connectionString }, systemClock);
  await storage.createMissing();
  const hosts: RunningHost[] = [];
  return {
    azurite,
    storage,
    start: async (settings) => {
      const app = await startApp(outfile, { ...toSettings(azurite), ...settings });
      hosts.push(app.host);
      return app;
    },
    release: async () => {
      await Promise.all(hosts.map((host) => host.kill()));
      await azurite.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function toSettings({ connectionString }: RunningAzurite): Record<string, string> {
  const never = "0 0 0 29 2 *";
  return {
    AzureWebJobsStorage: connectionString,
    KEY_VAULT_URI: "https://vault.example",
    BLOB_TRIGGER_SOURCE: "LogsAndContainerScan",
    FETCH_SCHEDULE: never,
    SWEEP_SCHEDULE: never,
  };
}

async function startApp(outfile: string, settings: Readonly<Record<string, string>>): Promise<AppUnderTest> {
  const lines: HostLogLine[] = [];
  const host = await startHost({ bundle: outfile, settings, onLog: (line) => lines.push(line) });
  return { host, lines, call: (path, ask) => send(host.httpPort, path, ask) };
}

function send(port: number, path: string, { method = "GET", headers = {}, body }: RawAsk = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    // Said for DELETE too, of which Node's client says nothing by itself.
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const all = { ...length, ...headers };
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers: all, agent: false }, (response) => {
      buffer(response).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString() });
      }, reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** The header that App Service Authentication sends along for somebody with these roles. */
export function toPrincipalHeader(roles: readonly string[], oid = "0b6f2a4e-1111-4222-8333-944455556666"): string {
  const roleType = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
  const claims = [
    { typ: "http://schemas.microsoft.com/identity/claims/objectidentifier", val: oid },
    { typ: "http://schemas.microsoft.com/identity/claims/tenantid", val: "7c0de111-2222-4333-8444-055566667777" },
    { typ: "name", val: "Jane Doe" },
    ...roles.map((val) => ({ typ: roleType, val })),
  ];
  return Buffer.from(JSON.stringify({ auth_typ: "aad", name_typ: "name", role_typ: roleType, claims })).toString(
    "base64",
  );
}
