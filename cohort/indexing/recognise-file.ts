import { open } from 'node:fs/promises';
import { CutOffError } from './byte-window.js';
import type { NotUnderstood } from './cohort-index.js';
import { dicomClaim, readDicomHeader } from './dicom-header.js';
import { type DicomObject, dicomObject, hasSopClass } from './dicom-object.js';
import { NotDicomError } from './dicom-scan.js';
import { binaryKind, type RecognisedTable, recogniseTable } from './recognise-table.js';
import { BrokenTableError } from './table-text.js';
import { systemReason } from './walk-folder.js';

export type RecognisedFile =
  | RecognisedTable
  | { readonly type: 'dicom'; readonly entry: { readonly path: string; readonly object: DicomObject } };

/** First read of every file: holds the whole header of nearly every CT slice. */
export const firstReadBytes = 16 * 1024;

const notUnderstood = (
  path: string,
  kind: NotUnderstood['kind'],
  reason: string,
  patientId?: string,
): RecognisedFile => ({
  type: 'none',
  entry: { path, reason, kind, ...(patientId === undefined ? {} : { patientId }) },
});

/**
 * Tells what one file holds, by its content alone. Never throws for what a file holds or lacks.
 * @param absolute the path to open; @param path the path to report
 * @param buffer scratch space of `firstReadBytes`, reused from file to file
 */
export async function recogniseFile(absolute: string, path: string, buffer: Buffer): Promise<RecognisedFile> {
  try {
    const found = await recogniseDicom(absolute, path, buffer);
    if ('type' in found) return found;
    const { head } = found;
    if (head.length === 0) return notUnderstood(path, 'unknown', 'empty file');
    const gzip = head.length > 2 && head[0] === 0x1f && head[1] === 0x8b;
    const binary = gzip ? undefined : binaryKind(head);
    if (binary !== undefined) return notUnderstood(path, 'unknown', binary);
    return await recogniseTable(absolute, path, gzip);
  } catch (error) {
    return notUnderstood(path, 'broken', brokenReason(error));
  }
}

function brokenReason(error: unknown): string {
  if (error instanceof BrokenTableError) return error.message;
  const reason = systemReason(error);
  if (reason.startsWith('Z_')) return `gzip file that does not unpack (${reason}): damaged or cut off`;
  if (error instanceof Error && 'syscall' in error) return `cannot be read (${reason})`;
  throw error;
}

/** A file that is no DICOM: its first bytes, for the next guess. */
interface NoDicom {
  readonly head: Buffer;
}

async function recogniseDicom(absolute: string, path: string, buffer: Buffer): Promise<RecognisedFile | NoDicom> {
  const handle = await open(absolute, 'r');
  try {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const head = buffer.subarray(0, bytesRead);
    const claim = dicomClaim(head);
    if (claim === 'none') return { head };
    const size = bytesRead < buffer.length ? bytesRead : (await handle.stat()).size;
    try {
      const { dataSet } = await readDicomHeader(handle, head, size);
      if (claim === 'bare' && !hasSopClass(dataSet)) return { head };
      const object = dicomObject(dataSet);
      if (typeof object === 'string') return notUnderstood(path, 'unknown', object);
      return { type: 'dicom', entry: { path, object } };
    } catch (error) {
      if (!(error instanceof CutOffError || error instanceof NotDicomError)) throw error;
      if (claim === 'bare' && binaryKind(head) === undefined) return { head };
      const patientId = error instanceof CutOffError ? error.patientId : undefined;
      return notUnderstood(path, 'broken', `DICOM file that does not parse: ${error.message}`, patientId);
    }
  } finally {
    await handle.close();
  }
}
