import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { systemReason } from '../../system-reason.js';
import { ServingError, servingErrors } from '../errors.js';
import { type AuditEntry, chainStart, type Link, readLine, sha256 } from './entry.js';

/** What a log that was checked holds. */
export interface AuditReport {
  readonly entries: number;
  /** Hash of the last entry, to be noted elsewhere. */
  readonly lastHash: string;
  /** Lines that an ended process left unfinished, from 1; each is followed by an entry that says so. */
  readonly tornLines: readonly number[];
}

/** A line that is no entry, until the next one explains it. */
interface Doubtful {
  readonly number: number;
  readonly bytes: Buffer;
}

/**
 * Checks every line of a log in constant memory.
 * @param contains a hash that must be one of the chain's
 * @throws ServingError SERVING_AUDIT_BROKEN with the line, SERVING_AUDIT_FILE
 */
export async function verifyAuditLog(file: string, contains?: string): Promise<AuditReport> {
  const broken = (line: number, what: string) =>
    new ServingError('SERVING_AUDIT_BROKEN', servingErrors.SERVING_AUDIT_BROKEN(basename(file), line, what));
  let place: Link = chainStart;
  let number = 0;
  let doubtful: Doubtful | undefined;
  let found = contains === undefined;
  const tornLines: number[] = [];
  for await (const { bytes, whole } of linesOf(file)) {
    number++;
    const read = whole ? readLine(bytes.toString('utf8')) : undefined;
    if (read === undefined) {
      if (doubtful !== undefined) throw broken(doubtful.number, 'it was changed: it does not match its hash');
      doubtful = { number, bytes };
      continue;
    }
    if (doubtful !== undefined) {
      if (!explains(read.entry, doubtful)) throw broken(doubtful.number, 'it was changed: it does not match its hash');
      tornLines.push(doubtful.number);
      doubtful = undefined;
    }
    if (read.prev !== place.hash || read.link.seq !== place.seq + 1) {
      throw broken(
        number,
        `entry ${read.link.seq} does not follow entry ${place.seq}; lines were removed, added or moved`,
      );
    }
    place = read.link;
    found ||= place.hash === contains;
  }
  if (doubtful !== undefined) {
    throw broken(
      doubtful.number,
      'the last line is unfinished; the next start of the server closes it, or it was changed',
    );
  }
  if (!found)
    throw broken(number, `no entry has the hash ${contains}; lines were removed at the end, or it is another log`);
  return { entries: place.seq, lastHash: place.hash, tornLines };
}

function explains(entry: AuditEntry, { bytes }: Doubtful): boolean {
  return entry.kind === 'torn' && entry.sha256 === sha256(bytes);
}

/** Lines with their bytes; the last one is not whole when nothing ends it. @throws ServingError SERVING_AUDIT_FILE */
async function* linesOf(file: string): AsyncGenerator<{ readonly bytes: Buffer; readonly whole: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file)) {
      let text = Buffer.concat([rest, chunk as Buffer]);
      for (let end = text.indexOf(0x0a); end >= 0; end = text.indexOf(0x0a)) {
        yield { bytes: text.subarray(0, end), whole: true };
        text = text.subarray(end + 1);
      }
      rest = text;
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const sentence = servingErrors.SERVING_AUDIT_FILE(basename(file), systemReason(error));
    throw new ServingError('SERVING_AUDIT_FILE', sentence);
  }
  if (rest.byteLength > 0) yield { bytes: rest, whole: false };
}
