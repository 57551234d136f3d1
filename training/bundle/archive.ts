import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { type Extract, extract, type Header, pack } from 'tar-stream';
import { TrainingError, trainingError } from '../errors.js';

/** What an archive may hold: what is larger is refused before it is in memory. */
export interface ArchiveLimits {
  /** Bytes of all files together, unpacked. Default 512 MiB. */
  readonly totalBytes?: number;
  /** Number of files. Default 1,000. */
  readonly files?: number;
}

/** Text of models gets 5 to 30 times smaller; zeros, of which archives are made that fill a memory, 1,000 times. */
const mostRatio = 200;
/** Below this the ratio says nothing. */
const ratioFromBytes = 16 * 1024 * 1024;

/**
 * Reads a `.tar.gz` (or plain `.tar`) into memory, piece by piece, so that one that is refused has not been unpacked. Nothing is written to disk, so no name in it can
 * lead anywhere; names that try, links and devices are refused all the same, since they are the mark of an archive that was made to harm.
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
  const reader = extract();
  const done = collect(reader, name, totalBytes, most);
  // Its failure is that of `done` too, which the reader passes on.
  feed(bytes, name, reader, totalBytes + 1024 * most).catch(() => undefined);
  try {
    return await done;
  } catch (error) {
    if (error instanceof TrainingError) throw error;
    if (isZlibError(error)) throw refuse(name, 'its gzip data are damaged or cut off');
    throw refuse(name, `it is no tar archive, or damaged (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Unpacks into the reader as fast as that reads. */
function feed(bytes: Uint8Array, name: string, reader: Extract, most: number): Promise<void> {
  const source = Readable.from([bytes]);
  if (!isGzip(bytes)) return pipeline(source, reader);
  let unpacked = 0;
  const bound = new Transform({
    transform: (part: Uint8Array, _encoding, next) => {
      unpacked += part.length;
      next(tooMuch(unpacked, bytes.length, name, most), part);
    },
  });
  return pipeline(source, createGunzip(), bound, reader);
}

function tooMuch(unpacked: number, packed: number, name: string, most: number): TrainingError | null {
  if (unpacked > most) return refuse(name, `it unpacks to more than ${most} bytes`);
  if (unpacked > ratioFromBytes && unpacked > mostRatio * packed) {
    return refuse(name, `it unpacks to more than ${mostRatio} times its size`);
  }
  return null;
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
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

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 80)).slice(1, -1);
}

function refuse(name: string, why: string): TrainingError {
  return trainingError('TRAIN_ARCHIVE', name, why);
}
