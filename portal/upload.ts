import { type Answer, type CallOptions, parseReply, toHeaders, toMethod, toUrl } from "./api.ts";
import { signedOut, toApiError, unreachable } from "./api-error.ts";
import type { Endpoint, Fields, Reply } from "./api-types.ts";

/** A file that is sent up, and how far it has got. */
export interface Upload extends CallOptions {
  readonly content: Blob;
  readonly contentType: string;
  /** Told again and again: bytes sent, of all. */
  readonly onProgress: (sentInBytes: number, totalInBytes: number) => void;
}

/**
 * Sends a file to an endpoint that takes one. XMLHttpRequest, since fetch tells nothing while it sends.
 * @throws ApiError; DOMException AbortError when the signal ended it
 */
export function uploadFile<Name extends Endpoint>(
  name: Name,
  asked: { readonly params?: Fields; readonly query?: Fields },
  upload: Upload,
): Promise<Answer<Reply<Name>>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const { content, contentType, signal } = upload;
    const stop = (): void => request.abort();
    request.open(toMethod(name), toUrl(name, asked.params, asked.query));
    for (const [header, value] of Object.entries(toHeaders(upload, false))) request.setRequestHeader(header, value);
    request.setRequestHeader("content-type", contentType);
    request.upload.addEventListener("progress", ({ loaded, total }) => upload.onProgress(loaded, total));
    request.addEventListener("error", () => reject(unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("The upload was ended.", "AbortError")));
    request.addEventListener("loadend", () => signal?.removeEventListener("abort", stop));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      const etag = request.getResponseHeader("etag") ?? undefined;
      const headers = new Headers({ "retry-after": request.getResponseHeader("retry-after") ?? "" });
      // It follows redirects by itself: an answer from elsewhere is the platform's sign-in.
      if (new URL(request.responseURL).origin !== location.origin) reject(signedOut());
      else if (status >= 200 && status < 300) resolve({ body: parseReply(responseText), etag });
      else reject(toApiError(status, responseText, headers));
    });
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    request.send(content);
  });
}
