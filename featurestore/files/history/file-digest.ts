import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 (hex) of the bytes of a file, read in pieces. */
export async function fileDigest(file: string): Promise<string> {
  const sha = createHash('sha256');
  for await (const piece of createReadStream(file)) sha.update(piece as Buffer);
  return sha.digest('hex');
}
