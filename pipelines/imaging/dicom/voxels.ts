import type { Volume } from '../volume/volume.js';
import { type DicomItem, openDicom } from './data-set.js';
import type { Frame } from './frames.js';
import {
  type PixelData,
  type PixelLayout,
  pixelDataOf,
  plainPixelData,
  type StoredPixels,
  storedPixels,
} from './pixel-data.js';
import { readInTurn } from './read-files.js';
import { shiftInto, type ValueRange } from './shift.js';

/** One slice of a volume: where it is stored, and how stored values become grey values. */
export interface Slice {
  readonly frame: Frame;
  readonly layout: PixelLayout;
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Reads the pixels of slices, file by file: Int16 when no slice is scaled and every value fits, else Float32.
 * @param slices lowest first, all of one size
 * @param onBytes sees each file's bytes as they are read
 * @throws ImagingError FILE_UNREADABLE, DICOM_*
 */
export async function assembleVoxels(
  slices: readonly Slice[],
  onBytes: ((file: string, bytes: Uint8Array) => void) | undefined,
): Promise<Pick<Volume, 'voxels' | 'known'>> {
  const target = new Target(slices);
  const byItem = new Map<DicomItem, [z: number, slice: Slice][]>();
  slices.forEach((slice, z) => {
    const own = byItem.get(slice.frame.item);
    if (own === undefined) byItem.set(slice.frame.item, [[z, slice]]);
    else own.push([z, slice]);
  });
  const turn = readInTurn([...byItem.keys()].map((item) => item.file));
  for (const [header, own] of byItem) {
    const [file, bytes] = (await turn.next()).value as readonly [string, Uint8Array];
    onBytes?.(file, bytes);
    const pixels = await pixelsOf(header, (own[0] as [number, Slice])[1].layout, bytes);
    for (const [z, slice] of own) target.put(z, slice, storedPixels(pixels, slice.frame.index));
  }
  return target.result();
}

async function pixelsOf(header: DicomItem, layout: PixelLayout, bytes: Uint8Array): Promise<PixelData> {
  return plainPixelData(header, layout, bytes) ?? pixelDataOf(await openDicom(header.file, bytes), layout.frames);
}

/** The voxels as they are filled in. */
class Target {
  private voxels: Int16Array | Float32Array | undefined;
  private range: ValueRange = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, sum: 0 };

  constructor(private readonly slices: readonly Slice[]) {}

  /** Room is made for the first slice that is found in its file: not before, for what headers claim. */
  put(z: number, { layout, slope, intercept }: Slice, stored: StoredPixels): void {
    const sliceLength = layout.rows * layout.columns;
    this.voxels ??= this.room(sliceLength);
    const offset = z * sliceLength;
    if (this.voxels instanceof Int16Array) {
      const range = shiftInto(stored, intercept, this.voxels, offset);
      if (range !== null) {
        this.range = {
          min: Math.min(this.range.min, range.min),
          max: Math.max(this.range.max, range.max),
          sum: this.range.sum + range.sum,
        };
        return;
      }
      this.voxels = Float32Array.from(this.voxels);
    }
    rescale(stored, slope, intercept, this.voxels, offset);
  }

  result(): Pick<Volume, 'voxels' | 'known'> {
    const { voxels } = this;
    if (voxels === undefined) throw new TypeError('A volume without a slice');
    return voxels instanceof Int16Array ? { voxels, known: { of: voxels, ...this.range } } : { voxels };
  }

  private room(sliceLength: number): Int16Array | Float32Array {
    const whole = this.slices.every(
      (s) => s.slope === 1 && Number.isInteger(s.intercept) && Math.abs(s.intercept) < 2 ** 30,
    );
    const count = sliceLength * this.slices.length;
    return whole ? new Int16Array(count) : new Float32Array(count);
  }
}

function rescale(stored: StoredPixels, slope: number, intercept: number, out: Float32Array, offset: number): void {
  for (let i = 0; i < stored.length; i++) out[offset + i] = slope * (stored[i] as number) + intercept;
}
