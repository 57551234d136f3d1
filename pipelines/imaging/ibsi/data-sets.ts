import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openImage } from '../image-source/open-image.js';
import { openMask } from '../image-source/open-mask.js';
import { type Conformance, compareWithReference } from './conformance.js';
import { measureIbsi } from './measure-ibsi.js';
import { parseIbsiSettings } from './parse-ibsi-settings.js';

/** A phantom with the settings it is measured with and the values that IBSI agreed on. */
export interface IbsiDataSet {
  readonly name: string;
  /** Folder of the phantom, and the file of reference values, in the reference data's `ibsi-1`. */
  readonly phantom: 'digital_phantom' | 'ct_radiomics_phantom';
  readonly values: string;
  /** Settings file beside the project's reference numbers. */
  readonly settings: string;
}

const configuration = (letter: string): IbsiDataSet => ({
  name: `CT phantom, configuration ${letter.toUpperCase()}`,
  phantom: 'ct_radiomics_phantom',
  values: `ibsi_1_chest_config_${letter}.csv`,
  settings: `chest-config-${letter}.yaml`,
});

/** The digital phantom and the CT phantom in configurations A to E. */
export const ibsiDataSets: readonly IbsiDataSet[] = [
  {
    name: 'Digital phantom',
    phantom: 'digital_phantom',
    values: 'ibsi_1_dig_phantom.csv',
    settings: 'digital-phantom.yaml',
  },
  ...['a', 'b', 'c', 'd', 'e'].map(configuration),
];

/** A data set's values beside the reference, and what it took. */
export interface CheckedDataSet {
  readonly name: string;
  readonly rows: readonly Conformance[];
  /** Time to measure, reading not included. */
  readonly seconds: number;
}

/**
 * Measures a data set and compares it with its reference values.
 * @param dataFolder `ibsi-1` of the reference data
 * @param settingsFolder where the settings files are
 * @param clock seconds, for the time it takes
 */
export async function checkDataSet(
  { name, phantom, values, settings }: IbsiDataSet,
  dataFolder: string,
  settingsFolder: string,
  clock: () => number,
): Promise<CheckedDataSet> {
  const nifti = join(dataFolder, phantom, 'nifti');
  const { volume } = await openImage(join(nifti, 'image', 'phantom.nii.gz'));
  const { mask } = await openMask(join(nifti, 'mask', 'mask.nii.gz'), { volume });
  const rules = parseIbsiSettings(await readFile(join(settingsFolder, settings), 'utf8'), settings);
  const start = clock();
  const measured = measureIbsi(volume, mask, rules);
  const seconds = clock() - start;
  const csv = await readFile(join(dataFolder, 'reference_values', values), 'utf8');
  return { name, rows: compareWithReference(measured, csv), seconds };
}
