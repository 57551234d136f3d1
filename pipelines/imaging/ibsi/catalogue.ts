import { type AggregationInfo, aggregations } from './aggregation.js';
import { plainFamilies, textureFamilies } from './families.js';
import type { IbsiFeatureInfo } from './feature.js';

/** A family of the feature reference. */
export interface IbsiFamilyInfo {
  readonly prefix: string;
  readonly id: string;
  readonly name: string;
  readonly features: readonly IbsiFeatureInfo[];
  /** How its matrices become one value; empty for families with one value per region. */
  readonly aggregations: readonly AggregationInfo[];
}

/** Every feature of the IBSI mode, by family, in the order of a result's values. */
export function ibsiCatalogue(): readonly IbsiFamilyInfo[] {
  const info = ({ tag, id, name, unit, undefinedWhen }: IbsiFeatureInfo): IbsiFeatureInfo => ({
    tag,
    id,
    name,
    unit,
    ...(undefinedWhen === undefined ? {} : { undefinedWhen }),
  });
  return [
    ...plainFamilies.map(({ prefix, id, name, rows }) => ({
      prefix,
      id,
      name,
      features: rows.map(info),
      aggregations: [],
    })),
    ...textureFamilies.map(({ prefix, id, name, rows, directional }) => ({
      prefix,
      id,
      name,
      features: rows.map(info),
      aggregations: aggregations.filter((a) => (a.directions !== null) === directional),
    })),
  ];
}
