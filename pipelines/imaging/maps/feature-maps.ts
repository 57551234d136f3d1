import { ImagingError, imagingError } from '../errors.js';
import { families, featureColumn, mapClasses } from '../radiomics/families.js';
import type { FeatureFamily } from '../radiomics/family.js';
import { chosenFeatures } from '../radiomics/measure.js';
import { prepare } from '../radiomics/prepare.js';
import { type RadiomicsSettings, settingsFor, type VoxelSettings } from '../settings/settings.js';
import type { Grid } from '../volume/affine.js';
import type { Mask, Volume } from '../volume/volume.js';
import { type Kernel, type KernelSource, kernelCutter } from './kernel.js';
import { type MapRegion, mapRegion } from './map-region.js';

/** What maps take from the section `voxelSetting`; how many voxels PyRadiomics works on at a time changes no value here. */
export type MapSettings = Omit<VoxelSettings, 'voxelBatch'>;

/** One slice of all maps. */
export interface MapSlice {
  /** Index of the slice, 0 first. */
  readonly slice: number;
  /** One per column: the slice, x fastest. The buffers are filled anew for each slice. */
  readonly values: readonly Float64Array[];
}

/** Feature maps that are made slice by slice, so that memory does not grow with the region's length. */
export interface FeatureMaps {
  /** Grid of the maps: the box of the region with a kernel's reach around it, inside the image. */
  readonly grid: Grid;
  /** Column name of each map: `original_glcm_Contrast`. */
  readonly columns: readonly string[];
  /** Voxels of the region: as many kernels are measured. */
  readonly voxelCount: number;
  /** Slices in order. @param onVoxels called now and then with the number of voxels measured so far */
  slices(onVoxels?: (done: number) => void): Generator<MapSlice>;
  /** Voxels without a value (NaN) so far, by column: the feature is not defined in their kernel. */
  readonly undefinedVoxels: ReadonlyMap<string, number>;
}

/**
 * Maps of features around each voxel of a region, as PyRadiomics' voxel-based extraction makes them: grey levels are
 * those of the whole region, a feature is measured in the kernel around each voxel.
 *
 * Where a feature is not defined in a kernel (no pair of neighbours, no run) the map is NaN and the voxel is counted.
 * @param classes names of {@link mapClasses}; of each the features that the settings choose, all of them by default
 * @throws ImagingError as {@link measure}, MAPS_CLASS for a class without maps, MAPS_IMAGE_TYPE for a filtered image
 * @see PyRadiomics 3.x documentation, voxel-based extraction
 */
export function featureMaps(
  volume: Volume,
  mask: Mask,
  settings: RadiomicsSettings,
  classes: readonly string[],
  voxel: MapSettings = settings.voxel,
): FeatureMaps {
  const unknown = classes.find((name) => !mapClasses.includes(name));
  if (unknown !== undefined) throw imagingError('MAPS_CLASS', unknown, mapClasses.join(', '));
  const own = originalSettings(settings);
  const { image, region: kept } = prepare(volume, mask, settings);
  const region = mapRegion(image, kept.voxels, mask.label, own.discretisation, voxel.kernelRadius, voxel.maskedKernel);
  const chosen = families
    .filter((family) => classes.includes(family.name))
    .map((family) => ({ family, names: namesOf(family, settings) }));
  const columns = chosen.flatMap(({ family, names }) => names.map((name) => featureColumn(family.name, name)));
  const missing = new Map<string, number>();
  return {
    grid: region.grid,
    columns,
    voxelCount: region.voxels.reduce((sum, list) => sum + list.length, 0),
    undefinedVoxels: missing,
    slices: (onVoxels) => mapSlices(region, chosen, own, voxel, missing, onVoxels),
  };
}

interface Chosen {
  readonly family: FeatureFamily;
  readonly names: readonly string[];
}

function namesOf(family: FeatureFamily, settings: RadiomicsSettings): readonly string[] {
  const features = { ...settings.features, [family.name]: settings.features[family.name] ?? 'all' };
  return chosenFeatures(family, { ...settings, features });
}

/** Maps are made of the unfiltered image, under the settings that the file gives it. */
function originalSettings(settings: RadiomicsSettings): RadiomicsSettings {
  const filtered = settings.imageTypes.find(({ filter }) => filter.type !== 'Original');
  if (filtered !== undefined) throw imagingError('MAPS_IMAGE_TYPE', filtered.filter.type);
  const [original] = settings.imageTypes;
  return original === undefined ? settings : settingsFor(original, settings);
}

/** Kernels between two reports of progress. */
const reportEvery = 1000;

function* mapSlices(
  region: MapRegion,
  chosen: readonly Chosen[],
  settings: RadiomicsSettings,
  voxel: MapSettings,
  missing: Map<string, number>,
  onVoxels?: (done: number) => void,
): Generator<MapSlice> {
  const { grid, source } = region;
  const cut = kernelCutter(source, reachOf(settings, voxel.kernelRadius));
  const values = chosen.flatMap(({ names }) => names.map(() => new Float64Array(grid.size[0] * grid.size[1])));
  const write = kernelWriter(chosen, settings, hasSeveralLevels(source), values, missing);
  let done = 0;
  for (let slice = 0; slice < grid.size[2]; slice++) {
    for (const map of values) map.fill(voxel.initValue);
    const [own, places] = [region.voxels[slice] as Int32Array, region.places[slice] as Int32Array];
    for (let k = 0; k < own.length; k++) {
      write(cut(own[k] as number), places[k] as number);
      if (++done % reportEvery === 0) onVoxels?.(done);
    }
    yield { slice, values };
  }
  onVoxels?.(done);
}

/** A flat kernel has no extent along the dimension that force2D leaves out (0 = z, 1 = y, 2 = x). */
function reachOf(settings: RadiomicsSettings, radius: number): readonly [number, number, number] {
  const along = (axis: number) => (settings.force2D && settings.force2Ddimension === 2 - axis ? 0 : radius);
  return [along(0), along(1), along(2)];
}

function hasSeveralLevels({ levels, seen, highest }: KernelSource): boolean {
  return levels.some((level, i) => seen[i] !== 0 && level !== highest);
}

/** Measures a kernel and writes what it gives to a place of the slice. */
function kernelWriter(
  chosen: readonly Chosen[],
  settings: RadiomicsSettings,
  severalLevels: boolean,
  values: readonly Float64Array[],
  missing: Map<string, number>,
): (kernel: Kernel, place: number) => void {
  const columns = chosen.flatMap(({ family, names }) =>
    names.map((name) => ({ name, column: featureColumn(family.name, name) })),
  );
  return ({ roi, isFlat }, place) => {
    let at = 0;
    for (const { family, names } of chosen) {
      const measured = inKernel(() => family.measure(roi, settings, names));
      const last = at + names.length;
      for (; at < last; at++) {
        const { name, column } = columns[at] as (typeof columns)[number];
        const defined = measured?.get(name) ?? Number.NaN;
        // Among several levels of the region, a kernel of one level has the maximal correlation 0; a flat region has 1.
        const value = name === 'MCC' && isFlat && severalLevels && measured !== undefined ? 0 : defined;
        (values[at] as Float64Array)[place] = value;
        if (!Number.isFinite(value)) missing.set(column, (missing.get(column) ?? 0) + 1);
      }
    }
  };
}

/** What a class measures, or undefined where it says that the kernel does not allow it. */
function inKernel<T>(measure: () => T): T | undefined {
  try {
    return measure();
  } catch (error) {
    if (error instanceof ImagingError) return undefined;
    throw error;
  }
}
