import { createHash } from 'node:crypto';
import { canonicalJson } from '../../feature-table.js';
import { pythonFloat } from '../settings/python-float.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import { applyAffine, type Grid, spacingOf } from '../volume/affine.js';
import { integerRangeOf, type Volume } from '../volume/volume.js';
import { componentCount } from './components.js';
import type { BoundingBox } from './roi.js';

/** Facts about image, mask and settings, under PyRadiomics' names where it has them. */
export type Diagnostics = Readonly<Record<string, string | number>>;

/** Lists are written as PyRadiomics writes tuples. */
const integers = (values: readonly number[]) => `(${values.join(', ')})`;
const floats = (values: readonly number[]) => `(${values.map(pythonFloat).join(', ')})`;

/** Versions and settings. */
export function configurationDiagnostics(settings: RadiomicsSettings, version: string): Diagnostics {
  const types = settings.imageTypes.map(({ filter: { type, ...own } }) => [type, own] as const);
  return {
    diagnostics_Versions_thoracle: version,
    diagnostics_Versions_Node: process.versions.node,
    diagnostics_Configuration_Settings: canonicalJson(settings),
    diagnostics_Configuration_EnabledImageTypes: JSON.stringify(Object.fromEntries(types)),
  };
}

/** Spacing, size and grey values of a whole image; `state` is `original` or `interpolated`. */
export function imageDiagnostics(volume: Volume, state: 'original' | 'interpolated', hash: boolean): Diagnostics {
  const { voxels, known } = volume;
  const { min, max, sum } = known?.of === voxels ? known : rangeOf(voxels);
  const named = (name: string) => `diagnostics_Image-${state}_${name}`;
  return {
    ...(hash ? { [named('Hash')]: sha1(storedBytes(volume)) } : {}),
    ...(state === 'original' ? { [named('Dimensionality')]: '3D' } : {}),
    [named('Spacing')]: floats(spacingOf(volume.indexToLps)),
    [named('Size')]: integers(volume.size),
    [named('Mean')]: sum / voxels.length,
    [named('Minimum')]: min,
    [named('Maximum')]: max,
  };
}

function rangeOf(voxels: Volume['voxels']): { readonly min: number; readonly max: number; readonly sum: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < voxels.length; i++) {
    const v = voxels[i] as number;
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
  }
  return { min, max, sum };
}

export type MaskState = 'original' | 'corrected' | 'interpolated' | 'resegmented';

/**
 * Size and place of a mask, and with `image` (on the same grid) the grey values inside.
 * @param label with it, the digest of the mask as a map of this label, 32 bits a voxel
 */
export function maskDiagnostics(
  mask: Grid & { readonly voxels: Uint8Array },
  box: BoundingBox,
  state: MaskState,
  { image, label }: { readonly image?: Volume | undefined; readonly label?: number | undefined },
): Diagnostics {
  const { n, sums, values } = insideOf(mask, box, image);
  const centre = [sums[0] / n, sums[1] / n, sums[2] / n] as const;
  const named = (name: string) => `diagnostics_Mask-${state}_${name}`;
  return {
    ...(label === undefined ? {} : { [named('Hash')]: maskHash(mask.voxels, label) }),
    [named('Spacing')]: floats(spacingOf(mask.indexToLps)),
    [named('Size')]: integers(mask.size),
    [named('BoundingBox')]: integers([...box.start, ...box.size]),
    [named('VoxelNum')]: n,
    [named('VolumeNum')]: componentCount(mask.voxels, mask.size, box),
    [named('CenterOfMassIndex')]: floats(centre),
    [named('CenterOfMass')]: floats(applyAffine(mask.indexToLps, centre)),
    ...(image === undefined
      ? {}
      : {
          [named('Mean')]: values.sum / n,
          [named('Minimum')]: values.min,
          [named('Maximum')]: values.max,
        }),
  };
}

function insideOf(mask: Grid & { readonly voxels: Uint8Array }, box: BoundingBox, image: Volume | undefined) {
  const [nx, ny] = mask.size;
  const [x0, y0, z0] = box.start;
  const [bx, by, bz] = box.size;
  const sums: [number, number, number] = [0, 0, 0];
  const values = { sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  let n = 0;
  for (let z = z0; z < z0 + bz; z++) {
    for (let y = y0; y < y0 + by; y++) {
      let i = x0 + nx * (y + ny * z);
      for (let x = x0; x < x0 + bx; x++, i++) {
        if (mask.voxels[i] === 0) continue;
        n++;
        sums[0] += x;
        sums[1] += y;
        sums[2] += z;
        if (image === undefined) continue;
        const v = image.voxels[i] as number;
        values.sum += v;
        values.min = Math.min(values.min, v);
        values.max = Math.max(values.max, v);
      }
    }
  }
  return { n, sums, values };
}

const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

/** The voxels in the type they were stored in, little endian (every platform that Node runs on). */
function storedBytes(volume: Volume): Uint8Array {
  const range = integerRangeOf(volume);
  const stored = range === undefined ? volume.voxels : storedType(range).from(volume.voxels);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

type IntegerArray =
  | Uint8ArrayConstructor
  | Int8ArrayConstructor
  | Uint16ArrayConstructor
  | Int16ArrayConstructor
  | Uint32ArrayConstructor
  | Int32ArrayConstructor;

function storedType([smallest, largest]: readonly [number, number]): IntegerArray {
  const signed = smallest < 0;
  if (largest < 2 ** 8) return signed ? Int8Array : Uint8Array;
  if (largest < 2 ** 16) return signed ? Int16Array : Uint16Array;
  return signed ? Int32Array : Uint32Array;
}

/** Digest of a label map of 32 bit numbers, a slab at a time. */
function maskHash(voxels: Uint8Array, label: number): string {
  const hash = createHash('sha1');
  const slab = new Uint32Array(1 << 16);
  for (let start = 0; start < voxels.length; start += slab.length) {
    const n = Math.min(slab.length, voxels.length - start);
    for (let i = 0; i < n; i++) slab[i] = (voxels[start + i] as number) * label;
    hash.update(new Uint8Array(slab.buffer, 0, 4 * n));
  }
  return hash.digest('hex');
}

/** Facts that are given even when the settings ask for none: a store keeps them. */
export const keptDiagnosticNames = [
  'diagnostics_Image-original_Spacing',
  'diagnostics_Image-original_Size',
  'diagnostics_Mask-original_BoundingBox',
  'diagnostics_Mask-original_VoxelNum',
  'diagnostics_Mask-original_VolumeNum',
] as const;
