import { imagingError } from '../errors.js';
import type { RadiomicsSettings } from '../settings/settings.js';
import { diametersOf } from './diameters.js';
import { defineFamily, type FeatureRow } from './family.js';
import { verticesOfRegion } from './mesh.js';
import { outlineOf } from './outline.js';
import { principalVariances } from './principal-axes.js';
import type { Roi } from './roi.js';

/** What 2D shape features are read off: the outline of the region in its plane and the spread of the pixel centres. */
interface Shape2D {
  /** mm2 inside the outline. */
  readonly surface: number;
  /** mm: length of the outline, holes included. */
  readonly perimeter: number;
  /** mm2: number of pixels times the area of one. */
  readonly pixelSurface: number;
  /** mm: largest distance between corners of the outline. */
  readonly diameter: number;
  /** mm2: variances along the principal axes. */
  readonly minor: number;
  readonly major: number;
}

type Compute = FeatureRow<Shape2D>['compute'];
const row = (name: string, unit: string, description: string, compute: Compute): FeatureRow<Shape2D> => ({
  name,
  unit,
  description,
  source: 'PyRadiomics 3.x, shape (2D)',
  compute,
});

const sphericity: Compute = (s) => (2 * Math.sqrt(Math.PI * s.surface)) / s.perimeter;

const rows: readonly FeatureRow<Shape2D>[] = [
  row('MeshSurface', 'mm2', 'Area inside the outline', (s) => s.surface),
  row('PixelSurface', 'mm2', 'Number of pixels times the area of one', (s) => s.pixelSurface),
  row('Perimeter', 'mm', 'Length of the outline', (s) => s.perimeter),
  row('PerimeterSurfaceRatio', '1/mm', 'Perimeter over mesh surface', (s) => s.perimeter / s.surface),
  row('Sphericity', '1', 'Perimeter of the circle of equal area over the perimeter', sphericity),
  {
    ...row('SphericalDisproportion', '1', 'Inverse of Sphericity', (s) => 1 / sphericity(s)),
    onRequest: true,
  },
  row('MaximumDiameter', 'mm', 'Largest distance between corners of the outline', (s) => s.diameter),
  row('MajorAxisLength', 'mm', 'Four standard deviations (divided by n) along the first principal axis', (s) =>
    axisLength(s.major),
  ),
  row('MinorAxisLength', 'mm', 'Four standard deviations (divided by n) along the second principal axis', (s) =>
    axisLength(s.minor),
  ),
  row('Elongation', '1', 'Minor over major axis length; 0 for a line', (s) => Math.sqrt(s.minor / s.major)),
];

function axisLength(variance: number): number {
  return 4 * Math.sqrt(variance);
}

/** Size and form of a region in one plane. On request only, as in PyRadiomics. */
export const shape2DFamily = defineFamily<Shape2D>({
  name: 'shape2D',
  measures: 'region',
  rows,
  *contexts(roi, settings) {
    const [u, v] = planeAxes(roi, settings);
    const [, minor, major] = principalVariances(roi);
    const diameters = diametersOf(verticesOfRegion(roi), roi.spacing);
    yield {
      ...outlineOf(roi, u, v),
      pixelSurface: roi.voxelCount * roi.spacing[u] * roi.spacing[v],
      diameter: [diameters.slice, diameters.column, diameters.row][settings.force2Ddimension] as number,
      minor,
      major,
    };
  },
});

/**
 * The two axes (0 = x, 1 = y, 2 = z) of the plane.
 * @throws ImagingError RADIOMICS_SHAPE2D without force2D, or when the region is more than one voxel thick
 */
function planeAxes(roi: Roi, settings: RadiomicsSettings): readonly [0 | 1, 1 | 2] {
  if (!settings.force2D) throw imagingError('RADIOMICS_SHAPE2D', 'force2D is not set');
  const across = 2 - settings.force2Ddimension;
  const thickness = roi.size[across] as number;
  if (thickness > 1) {
    throw imagingError('RADIOMICS_SHAPE2D', `the region extends over ${thickness} planes (force2Ddimension)`);
  }
  return across === 2 ? [0, 1] : across === 1 ? [0, 2] : [1, 2];
}
