import { describe, expect, test } from 'vitest';
import { axisGrid, readReference } from '../../../test/imaging/reference-values.js';
import { parseSettings } from '../settings/parse-settings.js';
import { type Filter, type ImageType, type RadiomicsSettings, settingsFor } from '../settings/settings.js';
import type { VoxelBox } from '../volume/crop.js';
import type { Volume } from '../volume/volume.js';
import { filteredImages, imageNames } from './filtered-images.js';

const size = [19, 16, 13] as const;
const n = size[0] * size[1] * size[2];
const whole: VoxelBox = { start: [0, 0, 0], size };

/** The image that bench/peers/imaging-filters.py calls larger. */
const region = Uint8Array.from({ length: n }, (_, i) => ((i * 31 + (i % 7) * 17) % 10 < 7 && i % 19 > 2 ? 1 : 0));
const whole16 = Int16Array.from({ length: n }, (_, i) => ((i * 7919 + (i % 13) * 1047) % 997) - 300 + (i % 19) * 20);
const images: Record<string, Volume> = {
  int16: { voxels: whole16, size, indexToLps: axisGrid([0.8, 1.1, 2.5]) },
  float64: { voxels: Float64Array.from(whole16, (v) => v / 7), size, indexToLps: axisGrid([0.8, 1.1, 2.5]) },
  float32: { voxels: Float32Array.from(whole16, (v) => v / 7), size, indexToLps: axisGrid([0.8, 1.1, 2.5]) },
};

/**
 * Share of an image's largest value, for single precision of the largest of all images of the filter: PyWavelets works in
 * single precision where the image has it, so details carry the rounding of the approximations they come from.
 */
const precision = { int16: 1e-9, float64: 1e-9, float32: 1e-6 };

/** PyRadiomics writes variances back into 16 bits, where those above 32767 come round as negative numbers; here they do not. */
const wrapped = '{ lbp2DMethod: var }';

function typeOf(filter: string, text: string): { filter: Filter; settings: RadiomicsSettings } {
  const settings = parseSettings(`imageType: { ${filter}: ${text} }`);
  const type = settings.imageTypes[0] as ImageType;
  return { filter: type.filter, settings: settingsFor(type, settings) };
}

describe('filtered images equal those of PyRadiomics 3.0.1', () => {
  const groups = new Map<string, Record<string, string>[]>();
  const rows = readReference(new URL('../reference/pyradiomics-3.0.1-filters.csv', import.meta.url));
  for (const row of rows) {
    const key = `${row.type} ${row.filter} ${row.settings}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  expect(groups.size).toBe(72);
  for (const [key, group] of groups) {
    test(key, () => {
      const { type, filter, settings } = group[0] as { type: string; filter: string; settings: string };
      const imageType = typeOf(filter, settings);
      const input = { image: images[type] as Volume, region, box: whole };
      const made = new Map(
        [...filteredImages(input, imageType.filter, imageType.settings)].map((f) => [f.name, f.values]),
      );
      const named = [...new Set(group.map((row) => row.image as string))];
      expect([...made.keys()]).toEqual(named);
      expect(imageNames(imageType.filter, imageType.settings)).toEqual(named);
      const scale = new Map(
        named.map((image) => [
          image,
          Math.max(
            ...group.filter((r) => type === 'float32' || r.image === image).map((r) => Math.abs(Number(r.value))),
          ),
        ]),
      );
      for (const row of group) {
        const value = made.get(row.image as string)?.[Number(row.voxel)] as number;
        const got = settings === wrapped && type === 'int16' ? (new Int16Array([value])[0] as number) : value;
        const most = precision[type as keyof typeof precision] * (scale.get(row.image as string) as number);
        expect(Math.abs(got - Number(row.value)), `${row.image}, voxel ${row.voxel}: ${got}`).toBeLessThanOrEqual(most);
      }
    });
  }
});
