import { type Diameters, diametersOf } from './diameters.js';
import { defineFamily, type FeatureRow } from './family.js';
import { type Mesh, meshOf } from './mesh.js';
import { principalVariances } from './principal-axes.js';

/** What shape features are read off: the mesh, its diameters and the spread of the voxel centres. */
export interface Shape extends Pick<Mesh, 'surfaceArea' | 'volume'>, Diameters {
  /** mm3: number of voxels times the volume of one. */
  readonly voxelVolume: number;
  /** Variances (mm2) along the principal axes, ascending. */
  readonly variances: readonly [least: number, minor: number, major: number];
}

const source = 'PyRadiomics 3.x, shape (3D); IBSI reference manual (arXiv:1612.07003), section 3.1';

const row = (
  name: string,
  code: string | null,
  unit: string,
  description: string,
  compute: FeatureRow<Shape>['compute'],
): FeatureRow<Shape> => ({
  name,
  ...(code === null ? {} : { reference: `IBSI:${code}` }),
  unit,
  description,
  source,
  compute,
});
const onRequest = (feature: FeatureRow<Shape>): FeatureRow<Shape> => ({ ...feature, onRequest: true });

/** Surface of the sphere with the volume of the mesh, mm2. */
const sphereArea = (s: Shape) => (36 * Math.PI * s.volume ** 2) ** (1 / 3);

const rows: readonly FeatureRow<Shape>[] = [
  row('MeshVolume', 'RNU0', 'mm3', 'Volume of the surface mesh', (s) => s.volume),
  row('VoxelVolume', 'YEKZ', 'mm3', 'Number of voxels times the volume of one', (s) => s.voxelVolume),
  row('SurfaceArea', 'C0JK', 'mm2', 'Area of the surface mesh', (s) => s.surfaceArea),
  row('SurfaceVolumeRatio', '2PR5', '1/mm', 'Surface area over mesh volume', (s) => s.surfaceArea / s.volume),
  row(
    'Sphericity',
    'QCFX',
    '1',
    'Surface of the sphere of equal volume over the surface',
    (s) => sphereArea(s) / s.surfaceArea,
  ),
  onRequest(
    row(
      'Compactness1',
      'SKGS',
      '1',
      'Volume over sqrt(pi area^3); a function of Sphericity',
      (s) => s.volume / (s.surfaceArea ** 1.5 * Math.sqrt(Math.PI)),
    ),
  ),
  onRequest(
    row(
      'Compactness2',
      'BQWJ',
      '1',
      '36 pi volume^2 / area^3; a function of Sphericity',
      (s) => (36 * Math.PI * s.volume ** 2) / s.surfaceArea ** 3,
    ),
  ),
  onRequest(row('SphericalDisproportion', 'KRCK', '1', 'Inverse of Sphericity', (s) => s.surfaceArea / sphereArea(s))),
  row('Maximum3DDiameter', 'L0JK', 'mm', 'Largest distance between mesh vertices', (s) => s.maximum3D),
  row('Maximum2DDiameterSlice', null, 'mm', 'Largest distance between mesh vertices of equal z', (s) => s.slice),
  row('Maximum2DDiameterColumn', null, 'mm', 'Largest distance between mesh vertices of equal y', (s) => s.column),
  row('Maximum2DDiameterRow', null, 'mm', 'Largest distance between mesh vertices of equal x', (s) => s.row),
  row(
    'MajorAxisLength',
    'TDIC',
    'mm',
    'Four standard deviations (divided by n; IBSI: n - 1) along the first principal axis',
    (s) => axis(s, 2),
  ),
  row(
    'MinorAxisLength',
    'P9VJ',
    'mm',
    'Four standard deviations (divided by n; IBSI: n - 1) along the second principal axis',
    (s) => axis(s, 1),
  ),
  row(
    'LeastAxisLength',
    '7J51',
    'mm',
    'Four standard deviations (divided by n; IBSI: n - 1) along the third principal axis; 0 in a flat region',
    (s) => axis(s, 0),
  ),
  row('Elongation', 'Q3CK', '1', 'Minor over major axis length', (s) => Math.sqrt(s.variances[1] / s.variances[2])),
  row('Flatness', 'N17B', '1', 'Least over major axis length', (s) => Math.sqrt(s.variances[0] / s.variances[2])),
];

export { rows as shapeRows };

/** Variances are divided by n, as in PyRadiomics; IBSI divides by n - 1. */
function axis(s: Shape, k: 0 | 1 | 2): number {
  return 4 * Math.sqrt(s.variances[k]);
}

/** Size and form of a region in 3D, without regard to its intensities. */
export const shapeFamily = defineFamily<Shape>({
  name: 'shape',
  measures: 'region',
  rows,
  *contexts(roi) {
    const mesh = meshOf(roi);
    yield {
      surfaceArea: mesh.surfaceArea,
      volume: mesh.volume,
      ...diametersOf(mesh.vertices, roi.spacing),
      voxelVolume: roi.voxelCount * roi.spacing[0] * roi.spacing[1] * roi.spacing[2],
      variances: principalVariances(roi),
    };
  },
});
