import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleManifest } from '../../training/bundle/index.js';
import { type ModelCard, modelCard } from '../../training/index.js';
import { parseReportData } from '../../training/report/index.js';

/** The card of a model, from the report in its folder where that is of this model. */
export async function cardOf(manifest: BundleManifest, folder: string): Promise<ModelCard> {
  const file = join(folder, 'report.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const report = text === undefined ? undefined : parseReportData(text, file);
  return modelCard(manifest, report?.modelId === manifest.modelId ? report : undefined);
}
