import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { type Extract, extract, type Header, pack } from 'tar-stream';
import { TrainingError, trainingError } from '../errors.js';

/** What an archive may hold: what is larger is refused before it is in memory. */
export interface ArchiveLimits {
  /** Bytes of all files together, unpacked. Default 512 MiB. */
  readonly totalBytes?: number;
  /** Number of files. Default 1,000. */
  readonly files?: number;
}

const unzip = promisify(gunzip);

/**
 * Reads a `.tar.gz` (or plain `.tar`) into memory. Nothing is written to disk, so no name in it can lead anywhere; names that
 * try, links and devices are refused all the same, since they are the mark of an archive that was made to harm.
 * @param name of the archive, for messages
 * @returns content by name, without a leading `./`
 * @throws TrainingError TRAIN_ARCHIVE
 */
export async function readArchive(
  bytes: Uint8Array,
  name: string,
  limits: ArchiveLimits = {},
): Promise<ReadonlyMap<string, Uint8Array>> {
  const totalBytes = limits.totalBytes ?? 512 * 1024 * 1024;
  const most = limits.files ?? 1000;
  const tar = isGzip(bytes) ? await inflate(bytes, name, totalBytes + 1024 * most) : bytes;
  const reader = extract();
  const done = collect(reader, name, totalBytes, most);
  reader.end(tar);
  try {
    return await done;
  } catch (error) {
    if (error instanceof TrainingError) throw error;
    throw refuse(name, `it is no tar archive, or damaged (${error instanceof Error ? error.message : String(error)})`);
  }
}

async function collect(reader: Extract, name: string, totalBytes: number, most: number) {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for await (const entry of reader) {
    const path = plainPath(entry.header, name);
    if (path === null) {
      entry.resume();
      continue;
    }
    if (files.has(path)) throw refuse(name, `"${shown(path)}" is there twice`);
    total += entry.header.size ?? 0;
    if (total > totalBytes) throw refuse(name, `it unpacks to more than ${totalBytes} bytes`);
    if (files.size >= most) throw refuse(name, `it holds more than ${most} files`);
    const parts: Uint8Array[] = [];
    for await (const part of entry) parts.push(part as Uint8Array);
    files.set(path, Buffer.concat(parts));
  }
  return files;
}

/** Null for a folder. */
function plainPath({ type, name: path }: Header, archive: string): string | null {
  if (type === 'directory') return null;
  const plain = path.replace(/^(\.\/)+/, '');
  if (type !== 'file') throw refuse(archive, `"${shown(path)}" is a ${type}; only files and folders are expected`);
  if (plain === '' || plain.startsWith('/') || plain.split(/[/\\]/).includes('..')) {
    throw refuse(archive, `"${shown(path)}" leads out of the archive`);
  }
  return plain;
}

/** A `.tar.gz` of files in the order given, with neither clock nor owner in it: same files, same bytes. */
export async function writeArchive(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const writer = pack();
  for (const [name, content] of files) {
    writer.entry({ name, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 }, Buffer.from(content));
  }
  writer.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of writer) parts.push(part as Uint8Array);
  const zipped = gzipSync(Buffer.concat(parts), { level: 9 });
  zipped[9] = 255; // the operating system: unknown
  return zipped;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function inflate(bytes: Uint8Array, name: string, most: number): Promise<Uint8Array> {
  try {
    return await unzip(bytes, { maxOutputLength: most });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw refuse(name, tooLarge ? `it unpacks to more than ${most} bytes` : 'its gzip data are damaged or cut off');
  }
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 80)).slice(1, -1);
}

function refuse(name: string, why: string): TrainingError {
  return trainingError('TRAIN_ARCHIVE', name, why);
}
