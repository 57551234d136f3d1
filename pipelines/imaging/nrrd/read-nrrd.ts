import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { systemReason } from '../../../system-reason.js';
import { imagingError } from '../errors.js';
import { gunzip } from '../volume/gunzip.js';
import type { Volume } from '../volume/volume.js';
import { bytesPerVoxel, decodeVoxels, integerRange } from '../volume/voxel-types.js';
import { type NrrdHeader, readNrrdHeader } from './nrrd-header.js';

/**
 * Reads an NRRD file (attached or detached header; raw, gzip or text) into a volume: voxels in the order they are
 * stored, a negative direction stays in the affine, the space turned to LPS mm.
 * @param file path of the header; a detached data file is looked for beside it
 * @throws ImagingError NRRD_INVALID, FILE_UNREADABLE
 */
export async function readNrrd(file: string, content: Uint8Array): Promise<Volume> {
  const header = readNrrdHeader(file, content);
  const stored =
    header.dataFile === undefined ? content.subarray(header.dataOffset) : await detached(file, header.dataFile);
  const count = header.size[0] * header.size[1] * header.size[2];
  const voxels =
    header.encoding === 'text'
      ? fromText(file, skipLines(stored, header.lineSkip), count)
      : fromBytes(file, header, stored, count);
  return { voxels, size: header.size, indexToLps: header.indexToLps, ...integerRange(header.type) };
}

async function detached(file: string, name: string): Promise<Uint8Array> {
  // Only a file beside the header or below it: a header must not be able to name any file of the machine.
  const folder = resolve(dirname(file));
  const path = resolve(folder, name);
  if (!path.startsWith(`${folder}/`))
    throw imagingError('NRRD_INVALID', file, `its data file "${basename(name)}" is not beside it`);
  try {
    return await readFile(path);
  } catch (cause) {
    throw imagingError('FILE_UNREADABLE', path, systemReason(cause));
  }
}

function skipLines(bytes: Uint8Array, lines: number): Uint8Array {
  let start = 0;
  for (let i = 0; i < lines; i++) {
    const end = bytes.indexOf(10, start);
    start = end < 0 ? bytes.length : end + 1;
  }
  return bytes.subarray(start);
}

function fromBytes(file: string, header: NrrdHeader, stored: Uint8Array, count: number): Volume['voxels'] {
  const afterLines = skipLines(stored, header.lineSkip);
  const expected = count * bytesPerVoxel[header.type];
  const needed = Math.max(0, header.byteSkip) + expected;
  const bytes = header.encoding === 'gzip' ? gunzip('NRRD_INVALID', file, afterLines, needed) : afterLines;
  // -1 means: the voxels are the end of the file, whatever comes before.
  const data = bytes.subarray(header.byteSkip < 0 ? Math.max(0, bytes.length - expected) : header.byteSkip);
  if (data.length < expected) {
    throw imagingError(
      'NRRD_INVALID',
      file,
      `its voxels need ${expected} bytes and ${data.length} are there (cut off?)`,
    );
  }
  return decodeVoxels(data, header.type, header.littleEndian, count);
}

function fromText(file: string, bytes: Uint8Array, count: number): Volume['voxels'] {
  const words = new TextDecoder('latin1')
    .decode(bytes)
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  const values = Float64Array.from(words, Number);
  if (values.length < count || values.subarray(0, count).some((v) => Number.isNaN(v))) {
    throw imagingError('NRRD_INVALID', file, `its text has ${values.length} values, expected ${count} numbers`);
  }
  return values.slice(0, count);
}
