import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promoteModel, registerModel } from '../../serving/index.js';
import type { CommandContext } from '../context.js';
import type { Output } from '../io.js';
import { trainModel } from './train.js';

/** What the studio is opened on. */
export interface DemoPlaces {
  readonly store: string;
  readonly cohort: string;
  readonly registry: string;
}

const modelName = 'lung';

/**
 * Makes a demo worth looking at: beside its model of components a survival model, both in a registry, the second in production.
 * What an earlier call made is used again.
 * @param out folder of a whole demo
 */
export async function demoModels(out: string, context: CommandContext, output: Output): Promise<DemoPlaces> {
  const places = { store: join(out, 'store.duckdb'), cohort: join(out, 'cohort'), registry: join(out, 'registry') };
  if (existsSync(places.registry)) return places;
  const survival = join(out, 'model-survival');
  output.note('training a survival model to compare with');
  const modalities = 'genomic,clinical,imaging';
  const quiet = { ...output, note: () => undefined };
  await trainModel(
    { store: places.store, modalities, recipe: 'default', seed: 0, out: survival, settings: { task: 'survival' } },
    context,
    quiet,
  );
  await registerModel(places.registry, modelName, join(out, 'model'), 'thoracle demo');
  const { version } = await registerModel(places.registry, modelName, survival, 'thoracle demo');
  await promoteModel(places.registry, modelName, version, 'thoracle demo');
  return places;
}
