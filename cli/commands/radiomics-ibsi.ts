import { basename } from 'node:path';
import { type IbsiSettings, type IbsiValue, measureIbsi, parseIbsiSettings } from '../../pipelines/imaging/index.js';
import { readTextFile } from '../input-file.js';
import { type Output, textTable } from '../io.js';
import type { OpenedRegion } from './radiomics-region.js';

/** @throws ImagingError when the file is no settings file of an IBSI run */
export async function ibsiSettings(file: string): Promise<IbsiSettings> {
  return parseIbsiSettings(await readTextFile(file), basename(file));
}

/** Measures a region and answers: a line per feature, or values with the facts along the processing chain. */
export function answerIbsi(
  { volume, mask, findings }: OpenedRegion,
  settings: IbsiSettings,
  files: readonly string[],
  output: Output,
): void {
  const { values, diagnostics } = measureIbsi(volume, mask, settings);
  output.answer({ values, diagnostics: Object.fromEntries(diagnostics), findings, files }, () => ibsiTable(values));
}

function ibsiTable(values: readonly IbsiValue[]): string {
  const rows = values.map((v) => [v.tag, v.id, v.aggregation, v.unit, v.value ?? '-', v.reason ?? '']);
  return textTable(['tag', 'IBSI', 'aggregation', 'unit', 'value', 'no value because'], rows);
}
