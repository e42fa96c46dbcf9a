/**
 * Passes bytes on in pieces of a size that openpgp is quick with: below 256 KiB it spends its time on promises (4 KiB:
 * a third of the speed (measured)), above 1 MiB memory grows for nothing.
 */
export async function* rechunk(
  source: AsyncIterable<Uint8Array>,
  leastInBytes = 262_144,
  mostInBytes = 1_048_576,
): AsyncGenerator<Uint8Array, void> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    if (chunk.byteLength === 0) continue;
    waiting.push(chunk);
    size += chunk.byteLength;
    if (size < leastInBytes) continue;
    yield* cut(join(waiting), mostInBytes);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield* cut(join(waiting), mostInBytes);
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}

function* cut(bytes: Uint8Array, mostInBytes: number): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.byteLength; at += mostInBytes) yield bytes.subarray(at, at + mostInBytes);
}
