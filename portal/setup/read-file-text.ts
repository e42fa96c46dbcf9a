import { toApiError } from "../api-error.ts";

/** Reads a file of the API as text. @throws ApiError; TypeError when there is no network */
export async function readFileText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "manual", cache: "no-store" });
  const text = await response.text();
  if (!response.ok) throw toApiError(response.status, text, response.headers);
  return text;
}
