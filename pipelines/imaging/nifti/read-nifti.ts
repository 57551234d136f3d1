import { imagingError } from '../errors.js';
import { gunzip } from '../volume/gunzip.js';
import type { Volume } from '../volume/volume.js';
import { bytesPerVoxel, decodeVoxels, type VoxelType } from '../volume/voxel-types.js';
import { readNiftiHeader } from './nifti-header.js';

/** NIfTI datatype codes. */
export const niftiTypes: ReadonlyMap<number, VoxelType> = new Map([
  [2, 'uint8'],
  [4, 'int16'],
  [8, 'int32'],
  [16, 'float32'],
  [64, 'float64'],
  [256, 'int8'],
  [512, 'uint16'],
  [768, 'uint32'],
  [1024, 'int64'],
  [1280, 'uint64'],
]);

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Reads a NIfTI-1 or NIfTI-2 file (.nii, .nii.gz) into a volume: voxels in the order they are stored, values after
 * scl_slope and scl_inter, the affine turned from RAS to LPS. Scaled integers become Float32.
 * @throws ImagingError NIFTI_INVALID
 */
export function readNifti(file: string, content: Uint8Array): Volume {
  const bytes = isGzip(content) ? gunzip('NIFTI_INVALID', file, content) : content;
  const header = readNiftiHeader(file, bytes);
  const type = niftiTypes.get(header.datatype);
  if (type === undefined) {
    throw imagingError(
      'NIFTI_INVALID',
      file,
      `its datatype code is ${header.datatype}, expected an integer or real type`,
    );
  }
  const [nx, ny, nz] = header.size;
  const count = nx * ny * nz;
  const data = bytes.subarray(header.dataOffset);
  const expected = count * bytesPerVoxel[type];
  if (header.dataOffset < 348 || data.length < expected) {
    throw imagingError(
      'NIFTI_INVALID',
      file,
      `its voxels need ${expected} bytes and ${data.length} are there (cut off?)`,
    );
  }
  const stored = decodeVoxels(data, type, header.littleEndian, count);
  return { voxels: scaled(stored, header.slope, header.intercept), size: header.size, indexToLps: header.indexToLps };
}

function scaled(stored: Volume['voxels'], slope: number, intercept: number): Volume['voxels'] {
  const used = Number.isFinite(slope) && slope !== 0;
  const shift = Number.isFinite(intercept) ? intercept : 0;
  if (!used || (slope === 1 && shift === 0)) return stored;
  const out = stored instanceof Float64Array ? new Float64Array(stored.length) : new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) out[i] = slope * (stored[i] as number) + shift;
  return out;
}
