import { directions, type Offset } from '../radiomics/directions.js';
import { type LevelGrid, sliceCells } from '../radiomics/level-grid.js';
import type { IbsiDimension, IbsiDirections, IbsiSettings } from './settings.js';

/** How the matrices of slices and directions become one value: the suffix of a tag. */
export type Aggregation = '2D_avg' | '2D_comb' | '2_5D_avg' | '2_5D_comb' | '3D_avg' | '3D_comb' | '2D' | '2_5D' | '3D';

/** What an aggregation means, and its IBSI id. */
export interface AggregationInfo {
  readonly suffix: Aggregation;
  readonly id: string;
  readonly dimension: IbsiDimension;
  /** null for matrices without directions. */
  readonly directions: IbsiDirections | null;
  readonly description: string;
}

/** All aggregations, with IBSI's ids. */
export const aggregations: readonly AggregationInfo[] = [
  info('2D_avg', 'BTW3', '2D', 'averaged', 'one matrix per slice and direction, values averaged'),
  info('2D_comb', 'SUJT', '2D', 'merged', 'one matrix per slice, its directions merged, values averaged over slices'),
  info(
    '2_5D_avg',
    'JJUI',
    '2.5D',
    'averaged',
    'one matrix per direction, slices merged, values averaged over directions',
  ),
  info('2_5D_comb', 'ZW7Z', '2.5D', 'merged', 'one matrix of all slices and their directions'),
  info('3D_avg', 'ITBB', '3D', 'averaged', 'one matrix per direction in space, values averaged'),
  info('3D_comb', 'IAZD', '3D', 'merged', 'one matrix of all directions in space'),
  info('2D', '8QNN', '2D', null, 'one matrix per slice, values averaged'),
  info('2_5D', '62GR', '2.5D', null, 'one matrix of all slices'),
  info('3D', 'KOBO', '3D', null, 'one matrix of the volume'),
];

function info(
  suffix: Aggregation,
  id: string,
  dimension: IbsiDimension,
  over: IbsiDirections | null,
  description: string,
): AggregationInfo {
  return { suffix, id, dimension, directions: over, description };
}

/** The aggregations that settings ask for, of matrices with or without directions. */
export function chosenAggregations(
  directional: boolean,
  asked: Pick<IbsiSettings, 'dimensions' | 'directions'>,
): readonly AggregationInfo[] {
  return aggregations.filter(
    (a) =>
      asked.dimensions.includes(a.dimension) &&
      (a.directions === null ? !directional : directional && asked.directions.includes(a.directions)),
  );
}

/** Voxels whose neighbours are looked at, and the steps to those (one of each pair of opposite steps). */
export interface MatrixPart {
  readonly steps: readonly Offset[];
  readonly voxels: Int32Array;
}

/** All parts that are counted into one matrix. */
export type MatrixParts = readonly MatrixPart[];

/**
 * The matrices of an aggregation; its value is the mean over them. Slices without a voxel of the region have none.
 * @param distances Chebyshev distances of neighbours
 */
export function matricesOf(
  grid: LevelGrid,
  { dimension, directions: over }: AggregationInfo,
  distances: readonly number[],
): readonly MatrixParts[] {
  const steps = directions(distances, dimension === '3D' ? null : 0);
  const regions = dimension === '3D' ? [grid.inside] : slicesOf(grid);
  const single = steps.map((step) => [step]);
  // Steps that belong together: all of them, or each on its own.
  const bundles = over === null ? [steps] : single;
  const part = (voxels: Int32Array, bundle: readonly Offset[]): MatrixPart => ({ steps: bundle, voxels });
  if (over === 'averaged') {
    return dimension === '2.5D'
      ? bundles.map((bundle) => regions.map((voxels) => part(voxels, bundle)))
      : regions.flatMap((voxels) => bundles.map((bundle) => [part(voxels, bundle)]));
  }
  const bySlice = regions.map((voxels) => bundles.map((bundle) => part(voxels, bundle)));
  return dimension === '2.5D' ? [bySlice.flat()] : bySlice;
}

function slicesOf(grid: LevelGrid): readonly Int32Array[] {
  return Array.from({ length: grid.size[2] }, (_, z) => sliceCells(grid, z)).filter((cells) => cells.length > 0);
}

/** Number of voxels in the parts of a matrix. */
export function voxelsOf(parts: MatrixParts): number {
  return parts.reduce((sum, { voxels }) => sum + voxels.length, 0);
}
