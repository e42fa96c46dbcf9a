import type { Reply } from "../stand-ins/stand-in-request.ts";

/** Key Vault says no. */
export class VaultRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly innerCode: string | undefined;

  constructor(status: number, code: string, message: string, innerCode?: string) {
    super(message);
    this.name = "VaultRefusal";
    this.status = status;
    this.code = code;
    this.innerCode = innerCode;
  }
}

const CODES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ["BadParameter", "The request is not well formed."],
  401: ["Unauthorized", "AKV10000: Request is missing a Bearer or PoP token."],
  403: ["Forbidden", "Caller is not authorized to perform action on resource."],
  404: ["SecretNotFound", "The secret was not found in this key vault."],
  409: ["Conflict", "The secret is being changed by another request."],
  413: ["RequestEntityTooLarge", "The request is too large."],
  429: ["Throttled", "Request was not processed because too many requests were received."],
  500: ["InternalServerError", "An internal error has occurred."],
  503: ["ServiceUnavailable", "The service is unavailable."],
};

/** A refusal with the code that Key Vault gives with that status, where the caller names none. */
export function toVaultRefusal(status: number, code?: string, message?: string): VaultRefusal {
  const [usualCode, usualMessage] = CODES[status] ?? ["UnknownError", "Something went wrong."];
  return new VaultRefusal(status, code ?? usualCode, message ?? usualMessage);
}

/** Puts a refusal into Key Vault's error body. */
export function toVaultError({ status, code, message, innerCode }: VaultRefusal): Reply {
  const inner = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  return { status, body: { error: { code, message, ...inner } } };
}
