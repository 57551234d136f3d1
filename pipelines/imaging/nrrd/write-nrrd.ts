import { gzipSync } from 'node:zlib';
import { affineColumn } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';

/** How NRRD voxels are stored. */
export interface NrrdOptions {
  /** Default gzip. */
  readonly encoding?: 'raw' | 'gzip';
}

/** A header and its voxels, as two files. */
export interface DetachedNrrd {
  /** Content of the .nhdr. */
  readonly header: Uint8Array;
  /** Content of the data file that the header names. */
  readonly data: Uint8Array;
}

/**
 * Writes a volume (float, double or int16) or a mask (uint8) as NRRD0005 in left-posterior-superior, little endian. Numbers
 * of the header are written so that reading gives them back exactly; the same input gives the same bytes.
 */
export function writeNrrd(image: Volume | Mask, options: NrrdOptions = {}): Uint8Array {
  return Buffer.concat([nrrdHeader(image, options), packedVoxels(image, options)]);
}

/**
 * The same as {@link writeNrrd} in two files.
 * @param dataFile name of the data file, which has to lie beside the header
 */
export function writeDetachedNrrd(image: Volume | Mask, dataFile: string, options: NrrdOptions = {}): DetachedNrrd {
  return { header: nrrdHeader(image, options, dataFile), data: packedVoxels(image, options) };
}

function nrrdHeader(image: Volume | Mask, options: NrrdOptions, dataFile?: string): Uint8Array {
  const vector = (i: 0 | 1 | 2 | 3) => `(${affineColumn(image.indexToLps, i).join(',')})`;
  const lines = [
    'NRRD0005',
    '# Complete NRRD file format specification at: http://teem.sourceforge.net/nrrd/format.html',
    `type: ${typeName(image.voxels)}`,
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${image.size.join(' ')}`,
    `space directions: ${vector(0)} ${vector(1)} ${vector(2)}`,
    'kinds: domain domain domain',
    ...(image.voxels instanceof Uint8Array ? [] : ['endian: little']),
    `encoding: ${options.encoding ?? 'gzip'}`,
    `space origin: ${vector(3)}`,
    ...(dataFile === undefined ? [] : [`data file: ${dataFile}`]),
  ];
  return Buffer.from(`${lines.join('\n')}\n\n`);
}

function typeName(voxels: Volume['voxels'] | Uint8Array): string {
  if (voxels instanceof Uint8Array) return 'uint8';
  if (voxels instanceof Int16Array) return 'int16';
  return voxels instanceof Float32Array ? 'float' : 'double';
}

function packedVoxels({ voxels }: Volume | Mask, { encoding = 'gzip' }: NrrdOptions): Uint8Array {
  const bytes = littleEndianBytes(voxels);
  if (encoding === 'raw') return bytes;
  const zipped = gzipSync(bytes, { level: 1 });
  // The byte that names the operating system (RFC 1952): unknown, so that it is the same everywhere.
  zipped[9] = 255;
  return zipped;
}

function littleEndianBytes(voxels: Volume['voxels'] | Uint8Array): Uint8Array {
  const bytes = Buffer.from(voxels.buffer, voxels.byteOffset, voxels.byteLength);
  const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (hostIsLittleEndian || voxels.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = Buffer.from(bytes);
  if (voxels.BYTES_PER_ELEMENT === 2) return copy.swap16();
  return voxels.BYTES_PER_ELEMENT === 4 ? copy.swap32() : copy.swap64();
}
