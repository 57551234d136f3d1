import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ServingError, servingErrors } from '../errors.js';

const chunkBytes = 1024 * 1024;

/** Bytes of a text that is read from beginning to end, unpacked when it is packed. */
export interface TextInput {
  /** Pieces of the text from a place on. @throws ServingError SERVING_BATCH_INPUT when it cannot be unpacked */
  chunks(from: number): AsyncIterable<Buffer>;
  /** How much of the file was read, 0 to 1. */
  share(): number;
}

/**
 * A file as text.
 * @param name for messages
 * @param packed by gzip
 * @param size of the file in bytes
 */
export function textInput(file: string, name: string, packed: boolean, size: number): TextInput {
  let read = 0;
  const share = () => (size === 0 ? 1 : Math.min(1, read / size));
  const count = (bytes: number) => {
    read = bytes;
  };
  const chunks = (from: number) => (packed ? unpacked(file, name, from, count) : plain(file, from, count));
  return { chunks, share };
}

async function* plain(file: string, from: number, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    for (let at = from; ; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      count(at);
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { path: file }) : error;
  } finally {
    await handle?.close();
  }
}

async function* unpacked(
  file: string,
  name: string,
  from: number,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  const source = handle.createReadStream({ highWaterMark: chunkBytes });
  const gunzip: Readable = pipeline(source, createGunzip({ chunkSize: chunkBytes }), () => undefined);
  let skip = from;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      count(source.bytesRead);
      if (skip >= chunk.length) skip -= chunk.length;
      else {
        yield skip === 0 ? chunk : chunk.subarray(skip);
        skip = 0;
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') !== true) throw error;
    const what = code === 'Z_BUF_ERROR' ? 'the gzip data end too early' : 'the gzip data are damaged, or it is no gzip';
    throw new ServingError('SERVING_BATCH_INPUT', servingErrors.SERVING_BATCH_INPUT(name, what), { cause: error });
  } finally {
    gunzip.destroy();
  }
}

/** Bytes that begin a text and are not of it. */
export function byteOrderMark(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/**
 * Refuses UTF-16 with its mark, as some programs export tables.
 * @param bytes the beginning of a text
 */
export function assertNoUtf16(bytes: Buffer, name: string): void {
  if ((bytes[0] !== 0xff || bytes[1] !== 0xfe) && (bytes[0] !== 0xfe || bytes[1] !== 0xff)) return;
  throw new ServingError(
    'SERVING_BATCH_INPUT',
    servingErrors.SERVING_BATCH_INPUT(name, 'it is UTF-16; save it as UTF-8'),
  );
}

/** What has arrived and is not read yet, with a byte behind its end that is neither digit nor quote. */
export class Window {
  bytes = Buffer.alloc(1);
  end = 0;

  /** Keeps the bytes from `at` on and adds others. */
  add(at: number, chunk: Buffer): void {
    const kept = this.end - at;
    const length = kept + chunk.length;
    const target = length + 1 > this.bytes.length ? Buffer.allocUnsafe(2 * length + 1) : this.bytes;
    this.bytes.copy(target, 0, at, this.end);
    chunk.copy(target, kept);
    target[length] = 0;
    this.bytes = target;
    this.end = length;
  }
}
