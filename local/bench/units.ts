/** Bytes in millions, such as `119 MB`. */
export function toMb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Bytes as memory is told, such as `240 MiB`. */
export function toMib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
