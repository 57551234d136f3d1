import type { LevelGrid } from '../../radiomics/level-grid.js';
import { type AggregationInfo, chosenAggregations, type MatrixParts, matricesOf } from '../aggregation.js';
import type { IbsiFeatureInfo, IbsiRow } from '../feature.js';
import type { IbsiRegion } from '../region.js';
import type { IbsiSettings } from '../settings.js';

/** Counts the parts of one matrix; undefined when there is nothing to count. */
export type CountMatrix<Matrix> = (grid: LevelGrid, parts: MatrixParts) => Matrix | undefined;

/** How a texture family is declared: its rows, and how its matrix is counted. */
export interface TextureDeclaration<Matrix> {
  /** Start of its tags. */
  readonly prefix: string;
  readonly id: string;
  readonly name: string;
  /** Whether a matrix belongs to a direction. */
  readonly directional: boolean;
  readonly rows: readonly IbsiRow<Matrix>[];
  /** Chebyshev distances of neighbours. */
  readonly distances: (settings: IbsiSettings) => readonly number[];
  /** Gets ready what all matrices of an aggregation need. */
  readonly prepare: (
    region: IbsiRegion,
    grid: LevelGrid,
    aggregation: AggregationInfo,
    settings: IbsiSettings,
  ) => CountMatrix<Matrix>;
}

/** A texture family with its matrix type closed over. */
export interface TextureFamily extends Pick<TextureDeclaration<never>, 'prefix' | 'id' | 'name' | 'directional'> {
  readonly rows: readonly IbsiFeatureInfo[];
  /** Values in the order of `rows`, for each aggregation asked for. NaN where a feature is not defined. */
  measure(
    region: IbsiRegion,
    grid: LevelGrid,
    settings: IbsiSettings,
  ): readonly (readonly [AggregationInfo, Float64Array])[];
}

/** Turns a declaration into a family: per feature the mean over the matrices of an aggregation. */
export function defineTextureFamily<Matrix>(declaration: TextureDeclaration<Matrix>): TextureFamily {
  const { rows, directional, distances, prepare } = declaration;
  return {
    ...declaration,
    measure: (region, grid, settings) =>
      chosenAggregations(directional, settings).map((aggregation) => {
        const count = prepare(region, grid, aggregation, settings);
        const sums = new Float64Array(rows.length);
        let matrices = 0;
        for (const parts of matricesOf(grid, aggregation, distances(settings))) {
          const matrix = count(grid, parts);
          if (matrix === undefined) continue;
          matrices++;
          for (let k = 0; k < rows.length; k++) sums[k] = (sums[k] as number) + (rows[k]?.compute(matrix) ?? 0);
        }
        return [aggregation, sums.map((sum) => sum / matrices)] as const;
      }),
  };
}

/** All distances up to the one of the settings: neighbours within it. */
export function upTo({ distance }: IbsiSettings): readonly number[] {
  return Array.from({ length: distance }, (_, k) => k + 1);
}
