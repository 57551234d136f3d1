import { firstOrderRows, type Intensities } from '../radiomics/first-order.js';
import { insideValues, type Roi } from '../radiomics/roi.js';
import { meanAbsoluteDeviation, momentsOf, percentile } from '../radiomics/value-statistics.js';
import { type IbsiRow, sharedFormula } from './feature.js';

/** What statistics of intensities, and of grey levels, are read off. */
export function statisticsOf(values: Float64Array): Intensities {
  let energy = 0;
  for (let i = 0; i < values.length; i++) energy += (values[i] as number) ** 2;
  return { ...momentsOf(values), energy, sorted: values.slice().sort(), shares: new Float64Array(0), voxelVolume: 1 };
}

/** Statistics of the intensities inside a region. */
export function intensityStatistics(roi: Roi): Intensities {
  return statisticsOf(insideValues(roi));
}

type Compute = (v: Intensities) => number;
const shared = (id: string): Compute => sharedFormula(firstOrderRows, id);

/** IBSI's kurtosis is the excess over that of a normal distribution; both have 0 where all values are equal. */
const excessKurtosis: Compute = (v) => (v.m2 === 0 ? 0 : shared('IPH6')(v) - 3);

const medianAbsoluteDeviation: Compute = (v) =>
  meanAbsoluteDeviation(v.sorted, 0, v.sorted.length, percentile(v.sorted, 50));

const quartileDispersion: Compute = ({ sorted }) => {
  const [low, high] = [percentile(sorted, 25), percentile(sorted, 75)];
  return (high - low) / (high + low);
};

/** Statistics that IBSI has twice: of the intensities and of the grey levels. */
const twice: readonly [tag: string, ofIntensities: string, ofLevels: string, name: string, compute: Compute][] = [
  ['mean', 'Q4LE', 'X6K6', 'mean', shared('Q4LE')],
  ['var', 'ECT3', 'CH89', 'variance', shared('ECT3')],
  ['skew', 'KE2A', '88K1', 'skewness', shared('KE2A')],
  ['kurt', 'IPH6', 'C3I7', 'excess kurtosis', excessKurtosis],
  ['median', 'Y12H', 'WIFQ', 'median', shared('Y12H')],
  ['min', '1GSF', '1PR8', 'minimum', shared('1GSF')],
  ['p10', 'QG58', 'GPMT', '10th percentile', shared('QG58')],
  ['p90', '8DWT', 'OZ0C', '90th percentile', shared('8DWT')],
  ['max', '84IY', '3NCY', 'maximum', shared('84IY')],
  ['iqr', 'SALO', 'WR0O', 'interquartile range', shared('SALO')],
  ['range', '2OJQ', '5Z3W', 'range', shared('2OJQ')],
  ['mad', '4FUA', 'D2ZX', 'mean absolute deviation', shared('4FUA')],
  ['rmad', '1128', 'WRZB', 'robust mean absolute deviation', shared('1128')],
  ['medad', 'N72L', '4RNL', 'median absolute deviation', medianAbsoluteDeviation],
  ['cov', '7TET', 'CWYJ', 'coefficient of variation', (v) => Math.sqrt(v.m2) / v.mean],
  ['qcod', '9S40', 'SLWD', 'quartile coefficient of dispersion', quartileDispersion],
];

const undefinedWhen: Readonly<Record<string, string>> = {
  cov: 'the mean is 0',
  qcod: 'the 25th and the 75th percentile add up to 0',
  rmad: 'no value lies between the 10th and the 90th percentile',
};

function rowsOf(prefix: 'stat' | 'ih', unit: string, subject: string): readonly IbsiRow<Intensities>[] {
  const units: Readonly<Record<string, string>> = { var: `${unit}2`, skew: '1', kurt: '1', cov: '1', qcod: '1' };
  return twice.map(([tag, ofIntensities, ofLevels, name, compute]) => ({
    tag: `${prefix}_${tag}`,
    id: prefix === 'stat' ? ofIntensities : ofLevels,
    name: `${subject}: ${name}`,
    unit: units[tag] ?? unit,
    compute,
    ...(undefinedWhen[tag] === undefined ? {} : { undefinedWhen: undefinedWhen[tag] }),
  }));
}

/** Intensity-based statistics. */
export const statisticsRows: readonly IbsiRow<Intensities>[] = [
  ...rowsOf('stat', 'HU', 'Intensity'),
  { tag: 'stat_energy', id: 'N8CA', name: 'Intensity: energy', unit: 'HU2', compute: shared('N8CA') },
  { tag: 'stat_rms', id: '5ZWQ', name: 'Intensity: root mean square', unit: 'HU', compute: shared('5ZWQ') },
];

/** Those statistics of grey levels that IBSI also has of intensities. */
export const levelStatisticsRows = rowsOf('ih', 'level', 'Grey level');
