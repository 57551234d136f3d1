import { type FileHandle, open, readFile } from 'node:fs/promises';
import { systemReason } from '../../../system-reason.js';
import { ImagingError, imagingError } from '../errors.js';
import { type DicomItem, parseDicom } from './data-set.js';

/** Enough for the header of most slices; what has a longer one is read whole. */
const headerBytes = 16 * 1024;

/** Files read ahead of the one that is looked at: enough to hide the disk, few enough for the caches of a processor. */
const readAhead = 4;

/**
 * The bytes of files, in the order of `files`, the next ones being read meanwhile. Buffers are used again: what was given
 * holds until the next file is asked for.
 * @throws ImagingError FILE_UNREADABLE
 */
export async function* readInTurn(
  files: readonly string[],
): AsyncGenerator<readonly [file: string, bytes: Uint8Array]> {
  const buffers: Buffer[] = [];
  const pending: Promise<Uint8Array>[] = [];
  for (let i = 0; i < files.length; i++) {
    while (pending.length < Math.min(files.length, i + readAhead)) {
      const reading = readInto(buffers, pending.length % readAhead, files[pending.length] as string);
      // A file whose turn never comes, because an earlier one fails, must not end the process.
      reading.catch(() => undefined);
      pending.push(reading);
    }
    const bytes = await (pending[i] as Promise<Uint8Array>);
    delete pending[i];
    yield [files[i] as string, bytes];
  }
}

/** Reads a file into one of the buffers, which is replaced by a larger one when it is too small. */
function readInto(buffers: Buffer[], slot: number, file: string): Promise<Uint8Array> {
  return withFile(file, async (handle) => {
    let buffer = buffers[slot];
    if (buffer === undefined) buffer = Buffer.allocUnsafeSlow((await handle.stat()).size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      // Full: whether that was all is only known with room for more.
      if (length === buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max((await handle.stat()).size + 1, 2 * length));
        buffer.copy(larger);
        buffer = larger;
      }
    }
    buffers[slot] = buffer;
    return buffer.subarray(0, length);
  });
}

/** The first bytes of a file. @throws ImagingError FILE_UNREADABLE */
export function readStart(file: string, length: number): Promise<Uint8Array> {
  return withFile(file, async (handle) => {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(buffer, 0, length, 0);
    return buffer.subarray(0, bytesRead);
  });
}

/** @throws ImagingError FILE_UNREADABLE */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', file, systemReason(cause));
  }
}

async function withFile<T>(file: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    const handle = await open(file);
    try {
      return await use(handle);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', file, systemReason(cause));
  }
}

/** The first bytes of a file, as many as {@link headerOf} starts from. @throws ImagingError FILE_UNREADABLE */
export function readHeaderBytes(file: string): Promise<Uint8Array> {
  return readStart(file, headerBytes);
}

/**
 * The header of a DICOM file, up to its pixel data, which are found but not read.
 * @param start what {@link readHeaderBytes} gave; the file is read whole when its header is longer
 * @throws ImagingError DICOM_UNREADABLE, FILE_UNREADABLE
 */
export async function headerOf(file: string, start: Uint8Array): Promise<DicomItem> {
  try {
    return parseDicom(file, start, { headerOnly: true });
  } catch (error) {
    if (!(error instanceof ImagingError) || start.length < headerBytes) throw error;
    return parseDicom(file, await readBytes(file), { headerOnly: true });
  }
}

/** Headers looked at at the same time: enough to hide the disk, few enough for any limit of open files. */
const headersAtOnce = 16;

/**
 * What a function makes of each file, in the order of `files`, several files at a time.
 * @throws what the function throws for the first file that fails
 */
export async function eachFile<T>(files: readonly string[], look: (file: string) => Promise<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let first = 0; first < files.length; first += headersAtOnce) {
    found.push(...(await Promise.all(files.slice(first, first + headersAtOnce).map(look))));
  }
  return found;
}
