import { addToneDifferences, noToneDifferences } from '../../radiomics/neighbourhoods.js';
import { type ToneMatrix, toneFeatureRows, toneMatrix } from '../../radiomics/ngtdm.js';
import { type IbsiRow, sharedFormula } from '../feature.js';
import { defineTextureFamily, upTo } from './texture-family.js';

const row = (tag: string, id: string, name: string): IbsiRow<ToneMatrix> => ({
  tag: `ngt_${tag}`,
  id,
  name,
  unit: '1',
  compute: sharedFormula(toneFeatureRows, id),
  undefinedWhen: 'no two voxels of the region are neighbours',
});

/** Neighbourhood grey tone difference matrix; voxels without neighbours do not count. */
export const ngtdm = defineTextureFamily<ToneMatrix>({
  prefix: 'ngt',
  id: 'IPET',
  name: 'Neighbourhood grey tone difference matrix',
  directional: false,
  rows: [
    row('coarseness', 'QCDE', 'Coarseness'),
    row('contrast', '65HE', 'Contrast'),
    row('busyness', 'NQ30', 'Busyness'),
    row('complexity', 'HDEZ', 'Complexity'),
    row('strength', '1X9X', 'Strength'),
  ],
  distances: upTo,
  prepare: () => (grid, parts) => {
    const found = noToneDifferences(grid);
    for (const { steps, voxels } of parts) addToneDifferences(grid, steps, 'skip', found, voxels);
    return found.counts.some((n) => n > 0) ? toneMatrix(found) : undefined;
  },
});
