import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { connectionReason, PassingFailure, type Politeness, politely, request } from './polite-request.js';

/** A file to fetch. */
export interface RemoteFile {
  readonly url: string;
  readonly target: string;
  /** Size when it is known beforehand. */
  readonly bytes?: number;
  /** What the listing calls this version; an MD5 for S3 objects that were written in one piece. */
  readonly etag?: string;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return -1;
    throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return (await sizeOf(path)) < 0 ? undefined : readFile(path, 'utf8');
}

/** `"…32 hex digits…"`, the MD5 of an object; parts of a multipart upload have a dash and no checksum. */
function md5Of(etag: string | undefined): string | undefined {
  return /^"?([0-9a-f]{32})"?$/.exec(etag ?? '')?.[1];
}

async function checkContent(part: string, file: RemoteFile): Promise<void> {
  const md5 = md5Of(file.etag);
  if (md5 !== undefined) {
    const hash = createHash('md5');
    for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer);
    if (hash.digest('hex') !== md5) throw new PassingFailure('its checksum (MD5) is not that of the listing');
  }
  if (file.target.endsWith('.gz')) {
    try {
      await pipeline(createReadStream(part), createGunzip(), async (chunks) => {
        for await (const _ of chunks);
      });
    } catch (error) {
      throw new PassingFailure('it does not unpack: it arrived damaged', undefined, { cause: error });
    }
  }
}

/** Bytes of an answer into the file, with a watch on the silence between them. */
async function writeBody(
  response: Response,
  handle: FileHandle,
  from: number,
  watch: () => void,
  onBytes: (n: number) => void,
) {
  let at = from;
  const chunks = (response.body ?? []) as AsyncIterable<Uint8Array>;
  const iterator = chunks[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await iterator.next();
    } catch (error) {
      throw new PassingFailure(connectionReason(error), undefined, { cause: error });
    }
    if (next.done === true) return at;
    watch();
    await handle.write(next.value, 0, next.value.length, at);
    at += next.value.length;
    onBytes(next.value.length);
  }
}

function startOf(response: Response, asked: number): number {
  if (response.status !== 206) return 0;
  const from = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? -1);
  if (from !== asked) throw new PassingFailure('the server sent another range than was asked for');
  return from;
}

async function fetchOnce(file: RemoteFile, politeness: Politeness, onBytes: (n: number) => void): Promise<void> {
  const part = `${file.target}.part`;
  const tagFile = `${part}.etag`;
  const known = file.etag ?? (await textOf(tagFile));
  const have = known === undefined ? 0 : Math.max(0, await sizeOf(part));
  if (file.bytes !== undefined && have === file.bytes) return;
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), politeness.idleMs);
  };
  watch();
  try {
    const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-`, 'if-range': known ?? '' } : {};
    // Nothing must be unpacked on the way: sizes, ranges and checksums are those of the stored bytes.
    const init = { headers: { ...headers, 'accept-encoding': 'identity' }, signal: abort.signal };
    const response = await request(file.url, init, [200, 206, 416]);
    if (response.status === 416) {
      await response.body?.cancel();
      await rm(part, { force: true });
      throw new PassingFailure('the server holds another version than the part that is here');
    }
    const tag = response.headers.get('etag');
    if (file.etag === undefined && tag !== null && !tag.startsWith('W/')) await writeFile(tagFile, tag);
    const from = startOf(response, have);
    const length = response.headers.get('content-length');
    const end = await writePart(part, response, from, watch, onBytes);
    const expected = file.bytes ?? (length === null ? end : from + Number(length));
    if (end !== expected) throw new PassingFailure(`${end} of ${expected} bytes arrived`);
  } finally {
    clearTimeout(timer);
  }
}

async function writePart(
  part: string,
  response: Response,
  from: number,
  watch: () => void,
  onBytes: (n: number) => void,
) {
  const handle = await open(part, from > 0 ? 'r+' : 'w');
  try {
    if (from > 0) onBytes(from);
    return await writeBody(response, handle, from, watch, onBytes);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw Object.assign(error, { path: part });
  } finally {
    await handle.close();
  }
}

/**
 * Fetches a file. What has arrived stays in `<target>.part`, and a later call goes on there, as long as the server still
 * holds that version; the target appears only when size and checksum are right.
 * @param onBytes called with the bytes that were added, and negative when a part is thrown away
 * @returns false when the file was already there
 * @throws CohortError COHORT_DOWNLOAD_FAILED; a system error (a full disk, say) with the path
 */
export async function downloadFile(
  file: RemoteFile,
  politeness: Politeness,
  onBytes: (n: number) => void,
): Promise<boolean> {
  const there = await sizeOf(file.target);
  if (there >= 0 && (file.bytes === undefined || there === file.bytes)) {
    onBytes(there);
    return false;
  }
  const part = `${file.target}.part`;
  await mkdir(dirname(file.target), { recursive: true });
  await politely(file.url, politeness, async () => {
    let counted = 0;
    const count = (n: number) => {
      counted += n;
      onBytes(n);
    };
    try {
      await fetchOnce(file, politeness, count);
      await checkContent(part, file).catch(async (error: unknown) => {
        await rm(part, { force: true });
        throw error;
      });
      if (counted === 0 && file.bytes !== undefined) onBytes(file.bytes);
    } catch (error) {
      onBytes(-counted);
      throw error;
    }
  });
  await rename(part, file.target);
  await rm(`${part}.etag`, { force: true });
  return true;
}
