import { imagingError } from '../errors.js';
import { gunzip, gunzipStart, isGzip } from '../volume/gunzip.js';
import type { Volume } from '../volume/volume.js';
import { bytesPerVoxel, decodeVoxels, integerRange, type VoxelType } from '../volume/voxel-types.js';
import { type NiftiHeader, readNiftiHeader } from './nifti-header.js';

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

/**
 * Reads a NIfTI-1 or NIfTI-2 file (.nii, .nii.gz, or .hdr with its .img) into a volume: voxels in the order they are stored,
 * values after scl_slope and scl_inter, the affine turned from RAS to LPS. Scaled integers become Float32.
 * @param image content of the .img, where `content` is a .hdr
 * @throws ImagingError NIFTI_INVALID
 */
export function readNifti(file: string, content: Uint8Array, image?: Uint8Array): Volume {
  const header = readNiftiHeader(file, isGzip(content) ? startOf(file, content) : content);
  const type = niftiTypes.get(header.datatype);
  if (type === undefined) {
    const why = `its datatype code is ${header.datatype}, expected an integer or real type`;
    throw imagingError('NIFTI_INVALID', file, why);
  }
  if (header.paired && image === undefined) {
    throw imagingError('NIFTI_INVALID', file, 'it is one half of a .hdr/.img pair, and the .img is not beside it');
  }
  const [nx, ny, nz] = header.size;
  const count = nx * ny * nz;
  const data = voxelBytes(file, header, image ?? content, count * bytesPerVoxel[type]);
  const stored = decodeVoxels(data, type, header.littleEndian, count);
  const voxels = scaled(stored, header.slope, header.intercept);
  return {
    voxels,
    size: header.size,
    indexToLps: header.indexToLps,
    ...(voxels === stored ? integerRange(type) : {}),
  };
}

/** Checks what the header claims against the bytes that are there, before they are unpacked. */
function voxelBytes(file: string, header: NiftiHeader, content: Uint8Array, expected: number): Uint8Array {
  const { dataOffset, paired } = header;
  if (!Number.isInteger(dataOffset) || dataOffset < (paired ? 0 : 348)) {
    throw imagingError('NIFTI_INVALID', file, `its voxels start at byte ${dataOffset}, expected after the header`);
  }
  const bytes = isGzip(content) ? gunzip('NIFTI_INVALID', file, content, dataOffset + expected) : content;
  const data = bytes.subarray(dataOffset);
  if (data.length < expected) {
    const why = `its voxels need ${expected} bytes and ${data.length} are there (cut off?)`;
    throw imagingError('NIFTI_INVALID', file, why);
  }
  return data;
}

function startOf(file: string, content: Uint8Array): Uint8Array {
  const start = gunzipStart(content);
  if (start.length === 0) throw imagingError('NIFTI_INVALID', file, 'it cannot be unzipped');
  return start;
}

function scaled(stored: Volume['voxels'], slope: number, intercept: number): Volume['voxels'] {
  const used = Number.isFinite(slope) && slope !== 0;
  const shift = Number.isFinite(intercept) ? intercept : 0;
  if (!used || (slope === 1 && shift === 0)) return stored;
  const out = stored instanceof Float64Array ? new Float64Array(stored.length) : new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) out[i] = slope * (stored[i] as number) + shift;
  return out;
}
