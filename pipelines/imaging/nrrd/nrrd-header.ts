import { imagingError } from '../errors.js';
import { type Affine, affineFromAxes, type Vec3 } from '../volume/affine.js';
import type { VoxelType } from '../volume/voxel-types.js';

/** The parts of an NRRD header that matter here. @see https://teem.sourceforge.net/nrrd/format.html */
export interface NrrdHeader {
  readonly size: readonly [number, number, number];
  readonly type: VoxelType;
  readonly littleEndian: boolean;
  readonly encoding: 'raw' | 'gzip' | 'text';
  readonly indexToLps: Affine;
  /** Detached header: the file with the voxels, relative to the header. */
  readonly dataFile: string | undefined;
  readonly lineSkip: number;
  readonly byteSkip: number;
  /** Byte after the header's empty line, where attached voxels start. */
  readonly dataOffset: number;
}

const types: Readonly<Record<string, VoxelType>> = Object.fromEntries(
  (
    [
      ['int8', 'signed char,int8,int8_t'],
      ['uint8', 'uchar,unsigned char,uint8,uint8_t'],
      ['int16', 'short,short int,signed short,signed short int,int16,int16_t'],
      ['uint16', 'ushort,unsigned short,unsigned short int,uint16,uint16_t'],
      ['int32', 'int,signed int,int32,int32_t'],
      ['uint32', 'uint,unsigned int,uint32,uint32_t'],
      ['int64', 'longlong,long long,long long int,signed long long,signed long long int,int64,int64_t'],
      ['uint64', 'ulonglong,unsigned long long,unsigned long long int,uint64,uint64_t'],
      ['float32', 'float'],
      ['float64', 'double'],
    ] as const
  ).flatMap(([type, names]) => names.split(',').map((name) => [name, type] as const)),
);

const encodings: Readonly<Record<string, NrrdHeader['encoding']>> = {
  raw: 'raw',
  gzip: 'gzip',
  gz: 'gzip',
  text: 'text',
  txt: 'text',
  ascii: 'text',
};

/** Signs that turn the named patient space into LPS. */
const spaces: Readonly<Record<string, readonly [number, number, number]>> = {
  'left-posterior-superior': [1, 1, 1],
  lps: [1, 1, 1],
  'right-anterior-superior': [-1, -1, 1],
  ras: [-1, -1, 1],
  'left-anterior-superior': [1, -1, 1],
  las: [1, -1, 1],
};

/** True when the bytes start like NRRD. */
export const looksLikeNrrd = (bytes: Uint8Array): boolean => /^NRRD000[1-5]/.test(latin1(bytes.subarray(0, 8)));

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/**
 * Reads the header: `field: value` lines up to the first empty line; `#` lines and `key:=value` pairs are skipped.
 * A file without `space` is taken as LPS with its `spacings`.
 * @throws ImagingError NRRD_INVALID
 */
export function readNrrdHeader(file: string, bytes: Uint8Array): NrrdHeader {
  const invalid = (why: string) => imagingError('NRRD_INVALID', file, why);
  const { fields, dataOffset } = splitHeader(file, bytes);
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw invalid(`it has no field "${name}"`);
    return value;
  };
  const dimension = Number(field('dimension'));
  const sizes = field('sizes').split(/\s+/).map(Number);
  if (dimension !== 3 || sizes.length !== 3 || sizes.some((n) => !Number.isInteger(n) || n < 1)) {
    throw invalid(`its dimension is ${field('dimension')} with sizes ${field('sizes')}, expected three`);
  }
  const type = types[field('type').toLowerCase()];
  if (type === undefined) throw invalid(`its type is "${field('type')}", expected an integer or real type`);
  const encoding = encodings[field('encoding').toLowerCase()];
  if (encoding === undefined) throw invalid(`its encoding is "${field('encoding')}", expected raw, gzip or text`);
  const endian = fields.get('endian')?.toLowerCase() ?? (/8$/.test(type) || encoding === 'text' ? 'little' : undefined);
  if (endian !== 'little' && endian !== 'big')
    throw invalid(`its endian is "${endian ?? 'missing'}", expected little or big`);
  const [lineSkip, byteSkip] = ['line skip', 'byte skip'].map((name) => Number(fields.get(name) ?? 0)) as [
    number,
    number,
  ];
  if (!Number.isInteger(lineSkip) || lineSkip < 0) throw invalid(`its line skip is ${lineSkip}, expected 0 or more`);
  if (!Number.isInteger(byteSkip) || byteSkip < -1) throw invalid(`its byte skip is ${byteSkip}, expected -1 or more`);
  return {
    size: sizes as [number, number, number],
    type,
    littleEndian: endian === 'little',
    encoding,
    indexToLps: affineOf(file, fields),
    dataFile: dataFileOf(file, fields),
    lineSkip,
    byteSkip,
    dataOffset,
  };
}

function splitHeader(file: string, bytes: Uint8Array): { fields: ReadonlyMap<string, string>; dataOffset: number } {
  const text = latin1(bytes.subarray(0, 1 << 20));
  const end = /\r?\n\r?\n/.exec(text);
  const header = end === null ? text : text.slice(0, end.index);
  const lines = header.split(/\r?\n/);
  if (!/^NRRD000[1-5]$/.test(lines[0] ?? ''))
    throw imagingError('NRRD_INVALID', file, 'its first line is not NRRD0001 to NRRD0005');
  const fields = new Map<string, string>();
  for (const line of lines.slice(1)) {
    if (line.startsWith('#') || /^[^:]+:=/.test(line)) continue;
    const match = /^([^:]+): ?(.*)$/.exec(line);
    if (match === null) {
      if (line.trim() !== '')
        throw imagingError('NRRD_INVALID', file, `its header line "${line.slice(0, 40)}" is no field`);
      continue;
    }
    const name = (match[1] as string).trim().toLowerCase();
    fields.set(
      name === 'datafile' ? 'data file' : name.replace(/^(line|byte)skip$/, '$1 skip'),
      (match[2] as string).trim(),
    );
  }
  return { fields, dataOffset: end === null ? bytes.length : end.index + end[0].length };
}

function dataFileOf(file: string, fields: ReadonlyMap<string, string>): string | undefined {
  const name = fields.get('data file');
  if (name !== undefined && (/^LIST\b/.test(name) || /%\d*d/.test(name))) {
    throw imagingError('NRRD_INVALID', file, 'its voxels are spread over several files, expected one');
  }
  return name;
}

function affineOf(file: string, fields: ReadonlyMap<string, string>): Affine {
  const space = fields.get('space');
  const signs = space === undefined ? ([1, 1, 1] as const) : spaces[space.toLowerCase()];
  if (signs === undefined) {
    throw imagingError(
      'NRRD_INVALID',
      file,
      `its space is "${space}", expected left-posterior-superior or a relative of it`,
    );
  }
  const toLps = (v: Vec3): Vec3 => [signs[0] * v[0], signs[1] * v[1], signs[2] * v[2]];
  const directions = fields.get('space directions');
  const origin = fields.get('space origin');
  const start = origin === undefined ? ([0, 0, 0] as const) : vectors(file, 'space origin', origin, 1)[0];
  if (directions !== undefined) {
    const axes = vectors(file, 'space directions', directions, 3);
    return affineFromAxes(toLps(axes[0] as Vec3), toLps(axes[1] as Vec3), toLps(axes[2] as Vec3), toLps(start as Vec3));
  }
  const spacings = (fields.get('spacings') ?? '').split(/\s+/).map(Number);
  if (spacings.length !== 3 || spacings.some((s) => !(s > 0 && Number.isFinite(s)))) {
    throw imagingError('NRRD_INVALID', file, 'it has neither three "space directions" nor three positive "spacings"');
  }
  const [x, y, z] = spacings as [number, number, number];
  return affineFromAxes(toLps([x, 0, 0]), toLps([0, y, 0]), toLps([0, 0, z]), toLps(start as Vec3));
}

function vectors(file: string, field: string, text: string, count: number): readonly Vec3[] {
  const found = [...text.matchAll(/\(([^)]*)\)/g)].map((m) => (m[1] as string).split(',').map((v) => Number(v.trim())));
  const good = found.every(
    (v) => v.length === 3 && v.every(Number.isFinite) && (count === 1 || v.some((x) => x !== 0)),
  );
  if (found.length !== count || !good) {
    throw imagingError(
      'NRRD_INVALID',
      file,
      `its ${field} is "${text.slice(0, 80)}", expected ${count} vectors of three numbers`,
    );
  }
  return found.map((v) => v as unknown as Vec3);
}
