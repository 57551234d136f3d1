import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { createOutput, type Output } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { openStudio, type StudioPlaces } from './open-studio.js';
import { addAccessOptions } from './serve-access.js';

interface StudioOptions extends StudioPlaces {
  readonly demo?: true | string;
  readonly json?: boolean;
}

/** Where `thoracle demo` puts itself. */
const demoFolder = join('out', 'demo');

/** `thoracle studio --store FILE [--cohort DIR] [--model PLACE | --registry DIR]`, or `--demo`. */
export function studioCommand(context: CommandContext): Command {
  const studio = new Command('studio')
    .description('pages in the browser: cohort, features, patients, models, predictions, jobs')
    .option('--store <place>', 'the feature store that the pages show')
    .option('--cohort <dir>', 'its folder of raw files, for pictures and jobs')
    .option('--model <place>', 'a trained model to ask')
    .option('--registry <dir>', 'model versions: the promoted ones answer')
    .option(
      '--demo [dir]',
      `invented patients: the demo of this folder (default ${demoFolder}), made when it is not there`,
    )
    .option('--port <n>', '0 takes any free port', wholeNumber(0, 65_535), 8090)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--json', 'print one JSON document once listening');
  return addAccessOptions(studio).action(async ({ demo, json, ...places }: StudioOptions) => {
    const output = createOutput(context.io, json === true);
    if (demo === undefined) return openStudio(places, output);
    const given = [places.store, places.cohort, places.model, places.registry].some((place) => place !== undefined);
    if (given) {
      const what = '--demo brings its own --store, --cohort and models';
      throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
    }
    return openStudio({ ...places, ...(await demoPlaces(demo === true ? demoFolder : demo, context, output)) }, output);
  });
}

async function demoPlaces(out: string, context: CommandContext, output: Output) {
  const [{ demo }, { demoModels }] = await Promise.all([import('./demo.js'), import('./demo-models.js')]);
  // The model comes last: a demo that has one is whole.
  if (!existsSync(join(out, 'model', 'manifest.json'))) {
    await demo({ out, patients: 80, seed: 0, workers: availableParallelism() }, context, output);
  }
  return demoModels(out, context, output);
}
