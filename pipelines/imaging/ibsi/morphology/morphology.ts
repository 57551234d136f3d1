import { diametersOf } from '../../radiomics/diameters.js';
import { meshOf } from '../../radiomics/mesh.js';
import { principalVariances } from '../../radiomics/principal-axes.js';
import type { Roi } from '../../radiomics/roi.js';
import { type Shape, shapeRows } from '../../radiomics/shape.js';
import { type IbsiRow, sharedFormula } from '../feature.js';
import type { IbsiRegion } from '../region.js';
import { convexHull, hullMeasures } from './convex-hull.js';
import { ellipsoidArea, ellipsoidVolume, enclosingEllipsoid } from './ellipsoids.js';
import { orientedBox } from './oriented-box.js';
import { type SpatialAutocorrelation, spatialAutocorrelation } from './spatial-autocorrelation.js';

type Vec3 = readonly [number, number, number];

/** What morphological features are read off. */
export interface Morphology extends Shape, SpatialAutocorrelation {
  /** Sides (mm) of the box around the mesh along the voxel axes, and of the smallest box in any orientation. */
  readonly alignedBox: Vec3;
  readonly orientedBox: Vec3;
  /** Semi-axes (mm) of the ellipsoid with the region's principal axes, and of the smallest that encloses the mesh. */
  readonly principalEllipsoid: Vec3;
  readonly enclosingEllipsoid: Vec3;
  readonly hull: { readonly volume: number; readonly area: number };
  /** mm between the centres of the form and of the intensities. */
  readonly centreOfMassShift: number;
  /** Mean of the intensities. */
  readonly meanIntensity: number;
}

/**
 * The form of the morphological mask, and how the intensities of the intensity mask lie in it.
 * @see IBSI reference manual (arXiv:1612.07003), section 3.1
 */
export function morphologyOf({ morphological, intensity }: IbsiRegion): Morphology {
  const { spacing, voxelCount } = morphological;
  const mesh = meshOf(morphological);
  const hull = convexHull(mesh.vertices);
  // IBSI divides the covariance by n - 1; a single voxel has none.
  const unbiased = voxelCount / (voxelCount - 1);
  const variances = principalVariances(morphological).map((v) => v * unbiased) as [number, number, number];
  return {
    surfaceArea: mesh.surfaceArea,
    volume: mesh.volume,
    ...diametersOf(mesh.vertices, spacing),
    voxelVolume: voxelCount * spacing[0] * spacing[1] * spacing[2],
    variances,
    alignedBox: extent(mesh.vertices, spacing),
    orientedBox: orientedBox(hull, spacing),
    principalEllipsoid: variances.map((v) => 2 * Math.sqrt(v)) as [number, number, number],
    enclosingEllipsoid: enclosingEllipsoid(
      Float64Array.from(hull.corners, (v, i) => (v / 2) * (spacing[i % 3] as number)),
    ),
    hull: hullMeasures(hull, spacing),
    ...centres(morphological, intensity),
    ...spatialAutocorrelation(intensity),
  };
}

/** Size (mm) of the box around vertices given in half voxels. */
function extent(vertices: Int32Array, spacing: Vec3): Vec3 {
  return [0, 1, 2].map((d) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = d; i < vertices.length; i += 3) {
      const v = vertices[i] as number;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    return ((high - low) / 2) * (spacing[d] as number);
  }) as unknown as Vec3;
}

function centres(form: Roi, intensity: Roi): Pick<Morphology, 'centreOfMassShift' | 'meanIntensity'> {
  const whole = centreOf(form, () => 1);
  const weighted = centreOf(intensity, (i) => intensity.values[i] as number);
  const shift = [0, 1, 2].map(
    (d) => ((whole.centre[d] as number) - (weighted.centre[d] as number)) * (form.spacing[d] as number),
  );
  return { centreOfMassShift: Math.hypot(...shift), meanIntensity: weighted.sum / intensity.voxelCount };
}

/** Weighted mean of the voxel indices; not finite when the weights add up to 0. */
function centreOf({ inside, size }: Roi, weight: (i: number) => number): { centre: number[]; sum: number } {
  let [sum, sx, sy, sz] = [0, 0, 0, 0];
  for (let z = 0, i = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[0]; x++, i++) {
        if (inside[i] === 0) continue;
        const w = weight(i);
        sum += w;
        sx += w * x;
        sy += w * y;
        sz += w * z;
      }
    }
  }
  return { centre: [sx / sum, sy / sum, sz / sum], sum };
}

const boxVolume = ([a, b, c]: Vec3) => a * b * c;
const boxArea = ([a, b, c]: Vec3) => 2 * (a * b + b * c + a * c);

type Compute = IbsiRow<Morphology>['compute'];
const row = (tag: string, id: string, name: string, unit: string, compute: Compute, undefinedWhen?: string) => ({
  tag: `morph_${tag}`,
  id,
  name,
  unit,
  compute,
  ...(undefinedWhen === undefined ? {} : { undefinedWhen }),
});
const shared = (tag: string, id: string, name: string, unit: string, undefinedWhen?: string) =>
  row(tag, id, name, unit, sharedFormula(shapeRows, id), undefinedWhen);
/** Volume and area of the mesh over those of something around it. */
const densities = (
  tag: string,
  ids: readonly [volume: string, area: string],
  around: string,
  volume: Compute,
  area: Compute,
  undefinedWhen: { readonly volume?: string; readonly area?: string } = {},
) => [
  row(`vol_dens_${tag}`, ids[0], `Volume density (${around})`, '1', (m) => m.volume / volume(m), undefinedWhen.volume),
  row(`area_dens_${tag}`, ids[1], `Area density (${around})`, '1', (m) => m.surfaceArea / area(m), undefinedWhen.area),
];

const singleVoxel = 'the region is a single voxel';
const equal = 'all intensities are equal';

export const morphologyRows: readonly IbsiRow<Morphology>[] = [
  shared('volume', 'RNU0', 'Volume (mesh)', 'mm3'),
  shared('vol_approx', 'YEKZ', 'Volume (voxel counting)', 'mm3'),
  shared('area_mesh', 'C0JK', 'Surface area (mesh)', 'mm2'),
  shared('av', '2PR5', 'Surface to volume ratio', '1/mm'),
  shared('comp_1', 'SKGS', 'Compactness 1', '1'),
  shared('comp_2', 'BQWJ', 'Compactness 2', '1'),
  shared('sph_dispr', 'KRCK', 'Spherical disproportion', '1'),
  shared('sphericity', 'QCFX', 'Sphericity', '1'),
  row('asphericity', '25C7', 'Asphericity', '1', (m) => sharedFormula(shapeRows, 'KRCK')(m) - 1),
  row('com', 'KLMA', 'Centre of mass shift', 'mm', (m) => m.centreOfMassShift, 'the intensities add up to 0'),
  shared('diam', 'L0JK', 'Maximum 3D diameter', 'mm'),
  shared('pca_maj_axis', 'TDIC', 'Major axis length', 'mm', singleVoxel),
  shared('pca_min_axis', 'P9VJ', 'Minor axis length', 'mm', singleVoxel),
  shared('pca_least_axis', '7J51', 'Least axis length', 'mm', singleVoxel),
  shared('pca_elongation', 'Q3CK', 'Elongation', '1', singleVoxel),
  shared('pca_flatness', 'N17B', 'Flatness', '1', singleVoxel),
  ...densities(
    'aabb',
    ['PBX1', 'R59B'],
    'axis-aligned bounding box',
    (m) => boxVolume(m.alignedBox),
    (m) => boxArea(m.alignedBox),
  ),
  ...densities(
    'ombb',
    ['ZH1A', 'IQYR'],
    'oriented minimum bounding box',
    (m) => boxVolume(m.orientedBox),
    (m) => boxArea(m.orientedBox),
  ),
  ...densities(
    'aee',
    ['6BDE', 'RDD2'],
    'approximate enclosing ellipsoid',
    (m) => ellipsoidVolume(m.principalEllipsoid),
    (m) => ellipsoidArea(m.principalEllipsoid),
    { volume: `${singleVoxel} or lies in one plane`, area: singleVoxel },
  ),
  ...densities(
    'mvee',
    ['SWZ1', 'BRI8'],
    'minimum volume enclosing ellipsoid',
    (m) => ellipsoidVolume(m.enclosingEllipsoid),
    (m) => ellipsoidArea(m.enclosingEllipsoid),
  ),
  ...densities(
    'conv_hull',
    ['R3ER', '7T7F'],
    'convex hull',
    (m) => m.hull.volume,
    (m) => m.hull.area,
  ),
  row('integ_int', '99N0', 'Integrated intensity', 'HU.mm3', (m) => m.meanIntensity * m.volume),
  row('moran_i', 'N365', "Moran's I index", '1', (m) => m.moranI, equal),
  row('geary_c', 'NPT7', "Geary's C measure", '1', (m) => m.gearyC, equal),
];
