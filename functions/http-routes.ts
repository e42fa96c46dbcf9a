import type { HttpMethod } from "@azure/functions";

/** What the HTTP functions are asked with; the rest (TRACE, CONNECT) the library's own Request refuses. */
export const methods: HttpMethod[] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/** Where the API lies. */
export const apiRoot = "/api/v1";
