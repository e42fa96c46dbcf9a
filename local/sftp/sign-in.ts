import { timingSafeEqual } from "node:crypto";
import ssh2, { type AuthContext, type ParsedKey } from "ssh2";

/** Who may sign in to the local site, and how. */
export interface Guests {
  readonly user: string;
  readonly password?: string;
  /** Lines as in `authorized_keys`. */
  readonly publicKeys?: readonly string[];
  /** @default "any" of the ways; "key-and-password" wants both, "prompt" asks for the password by a question */
  readonly wants?: "any" | "key-and-password" | "prompt";
}

/** Answers the sign-in requests of one connection. */
export function toDoorman(guests: Guests): (context: AuthContext) => void {
  const keys = (guests.publicKeys ?? []).map(parsePublicKey);
  const shown = new Set<"password" | "publickey">();
  const welcome = (context: AuthContext, way: "password" | "publickey") => {
    shown.add(way);
    const isDone = guests.wants !== "key-and-password" || shown.size === 2;
    if (isDone) context.accept();
    else context.reject([way === "password" ? "publickey" : "password"], true);
  };
  return (context) => {
    if (context.username !== guests.user) return context.reject(waysOf(guests));
    if (context.method === "password" && guests.wants !== "prompt" && isSame(context.password, guests.password)) {
      return welcome(context, "password");
    }
    if (context.method === "keyboard-interactive" && guests.wants === "prompt") {
      return context.prompt([{ prompt: "Password: ", echo: false }], ([answer = ""]) =>
        isSame(answer, guests.password) ? context.accept() : context.reject(waysOf(guests)),
      );
    }
    if (context.method !== "publickey") return context.reject(waysOf(guests));
    const key = keys.find((known) => known.getPublicSSH().equals(context.key.data));
    if (key === undefined) return context.reject(waysOf(guests));
    if (context.signature === undefined || context.blob === undefined) return context.accept();
    if (key.verify(context.blob, context.signature, context.hashAlgo) !== true) return context.reject(waysOf(guests));
    return welcome(context, "publickey");
  };
}

function waysOf({ password, publicKeys, wants }: Guests): ("password" | "publickey" | "keyboard-interactive")[] {
  const byWord = password === undefined ? [] : ([wants === "prompt" ? "keyboard-interactive" : "password"] as const);
  return [...((publicKeys ?? []).length === 0 ? [] : (["publickey"] as const)), ...byWord];
}

function parsePublicKey(line: string): ParsedKey {
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error) throw new Error("not a public SSH key", { cause: key });
  return Array.isArray(key) ? key[0] : key;
}

function isSame(given: string, expected: string | undefined): boolean {
  if (expected === undefined) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
