import { addDependences } from '../../radiomics/neighbourhoods.js';
import { addRuns } from '../../radiomics/runs.js';
import { SizeCounts, type SizeMatrix } from '../../radiomics/size-counts.js';
import { type SizeFormula, sizeFormulas } from '../../radiomics/size-features.js';
import { addZones } from '../../radiomics/zones.js';
import { voxelsOf } from '../aggregation.js';
import type { IbsiRow } from '../feature.js';
import { borderDistances } from './border-distance.js';
import { defineTextureFamily, upTo } from './texture-family.js';

/** Formula, name and tags (after the prefix) of the features that all four matrices share; `s` is what is counted, `n` how it is called. */
const shared = (s: string, n: string, small: string, large: string) =>
  [
    ['smallSizes', `${small} emphasis`],
    ['largeSizes', `${large} emphasis`],
    ['lowLevels', `Low grey level ${s} emphasis`],
    ['highLevels', `High grey level ${s} emphasis`],
    ['smallSizesLowLevels', `${small} low grey level emphasis`],
    ['smallSizesHighLevels', `${small} high grey level emphasis`],
    ['largeSizesLowLevels', `${large} low grey level emphasis`],
    ['largeSizesHighLevels', `${large} high grey level emphasis`],
    ['levelNonUniformity', 'Grey level non-uniformity'],
    ['levelNonUniformityNormalised', 'Normalised grey level non-uniformity'],
    ['sizeNonUniformity', `${n} non-uniformity`],
    ['sizeNonUniformityNormalised', `Normalised ${n.toLowerCase()} non-uniformity`],
    ['percentage', `${n.split(' ')[0]} percentage`],
    ['levelVariance', 'Grey level variance'],
    ['sizeVariance', `${n} variance`],
    ['entropy', `${n} entropy`],
    ['energy', `${n} energy`],
  ] as const satisfies readonly (readonly [SizeFormula, string])[];

/** Rows of a matrix: tags and ids in the order of {@link shared}. */
function rowsOf(
  prefix: string,
  names: ReturnType<typeof shared>,
  codes: readonly (readonly [tag: string, id: string])[],
): readonly IbsiRow<SizeMatrix>[] {
  return codes.map(([tag, id], k) => {
    const [formula, name] = names[k] as (typeof names)[number];
    const unit = formula === 'entropy' ? 'bit' : '1';
    return { tag: `${prefix}_${tag}`, id, name, unit, compute: sizeFormulas[formula].compute };
  });
}

/** Grey level run length matrix. */
export const glrlm = defineTextureFamily<SizeMatrix>({
  prefix: 'rlm',
  id: 'TP0I',
  name: 'Grey level run length matrix',
  directional: true,
  rows: rowsOf('rlm', shared('run', 'Run length', 'Short runs', 'Long runs'), [
    ['sre', '22OV'],
    ['lre', 'W4KF'],
    ['lgre', 'V3SW'],
    ['hgre', 'G3QZ'],
    ['srlge', 'HTZT'],
    ['srhge', 'GD3A'],
    ['lrlge', 'IVPO'],
    ['lrhge', '3KUM'],
    ['glnu', 'R5YN'],
    ['glnu_norm', 'OVBL'],
    ['rlnu', 'W92Y'],
    ['rlnu_norm', 'IC23'],
    ['r_perc', '9ZK5'],
    ['gl_var', '8CE5'],
    ['rl_var', 'SXLW'],
    ['rl_entr', 'HJ9O'],
  ]),
  distances: () => [1],
  prepare: () => (grid, parts) => {
    const counts = new SizeCounts(grid.values);
    for (const { steps, voxels } of parts) for (const step of steps) addRuns(grid, step, counts, 1, voxels);
    return counts.matrix();
  },
});

/** Grey level size zone matrix. */
export const glszm = defineTextureFamily<SizeMatrix>({
  prefix: 'szm',
  id: '9SAK',
  name: 'Grey level size zone matrix',
  directional: false,
  rows: rowsOf('szm', shared('zone', 'Zone size', 'Small zone', 'Large zone'), [
    ['sze', '5QRC'],
    ['lze', '48P8'],
    ['lgze', 'XMSY'],
    ['hgze', '5GN9'],
    ['szlge', '5RAI'],
    ['szhge', 'HW1V'],
    ['lzlge', 'YH51'],
    ['lzhge', 'J17V'],
    ['glnu', 'JNSA'],
    ['glnu_norm', 'Y1RO'],
    ['zsnu', '4JP3'],
    ['zsnu_norm', 'VB3A'],
    ['z_perc', 'P30P'],
    ['gl_var', 'BYLV'],
    ['zs_var', '3NSA'],
    ['zs_entr', 'GU8N'],
  ]),
  distances: () => [1],
  prepare: () => (grid, parts) => {
    const counts = new SizeCounts(grid.values);
    for (const { steps, voxels } of parts) addZones(grid, steps, counts, { voxels });
    return counts.matrix();
  },
});

/** Grey level distance zone matrix: distances are those to the border of the morphological mask. */
export const gldzm = defineTextureFamily<SizeMatrix>({
  prefix: 'dzm',
  id: 'VMDZ',
  name: 'Grey level distance zone matrix',
  directional: false,
  rows: rowsOf('dzm', shared('zone', 'Zone distance', 'Small distance', 'Large distance'), [
    ['sde', '0GBI'],
    ['lde', 'MB4I'],
    ['lgze', 'S1RA'],
    ['hgze', 'K26C'],
    ['sdlge', 'RUVG'],
    ['sdhge', 'DKNJ'],
    ['ldlge', 'A7WM'],
    ['ldhge', 'KLTH'],
    ['glnu', 'VFT7'],
    ['glnu_norm', '7HP3'],
    ['zdnu', 'V294'],
    ['zdnu_norm', 'IATH'],
    ['z_perc', 'VIWW'],
    ['gl_var', 'QK93'],
    ['zd_var', '7WT1'],
    ['zd_entr', 'GBDU'],
  ]),
  distances: () => [1],
  prepare: ({ morphological }, grid, { dimension }) => {
    const distances = borderDistances(morphological, grid, dimension !== '3D');
    return (_grid, parts) => {
      const counts = new SizeCounts(grid.values);
      for (const { steps, voxels } of parts) addZones(grid, steps, counts, { voxels, distances });
      return counts.matrix(voxelsOf(parts));
    };
  },
});

/** Neighbouring grey level dependence matrix. */
export const ngldm = defineTextureFamily<SizeMatrix>({
  prefix: 'ngl',
  id: 'REK0',
  name: 'Neighbouring grey level dependence matrix',
  directional: false,
  rows: rowsOf('ngl', shared('count', 'Dependence count', 'Low dependence', 'High dependence'), [
    ['lde', 'SODN'],
    ['hde', 'IMOQ'],
    ['lgce', 'TL9H'],
    ['hgce', 'OAE7'],
    ['ldlge', 'EQ3F'],
    ['ldhge', 'JA6D'],
    ['hdlge', 'NBZI'],
    ['hdhge', '9QMG'],
    ['glnu', 'FP8K'],
    ['glnu_norm', '5SPA'],
    ['dcnu', 'Z87G'],
    ['dcnu_norm', 'OKJI'],
    ['dc_perc', '6XV8'],
    ['gl_var', '1PFV'],
    ['dc_var', 'DNX2'],
    ['dc_entr', 'FCBV'],
    ['dc_energy', 'CAS9'],
  ]),
  distances: upTo,
  prepare:
    (_region, _grid, _aggregation, { coarseness }) =>
    (grid, parts) => {
      const counts = new SizeCounts(grid.values);
      for (const { steps, voxels } of parts) addDependences(grid, steps, coarseness, counts, voxels);
      return counts.matrix(voxelsOf(parts));
    },
});
