import { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { createOutput } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { stopSignal } from '../stop-signal.js';
import { startServer } from './serve.js';
import { type AccessOptions, addAccessOptions } from './serve-access.js';

interface StudioOptions extends AccessOptions {
  readonly store?: string;
  readonly cohort?: string;
  readonly model?: string;
  readonly registry?: string;
  readonly port: number;
  readonly host: string;
  readonly json?: boolean;
}

/** `thoracle studio --store FILE [--cohort DIR] [--model PLACE | --registry DIR]`. */
export function studioCommand(context: CommandContext): Command {
  const studio = new Command('studio')
    .description('pages in the browser: cohort, features, patients, models, predictions, jobs')
    .option('--store <place>', 'the feature store that the pages show')
    .option('--cohort <dir>', 'its folder of raw files, for pictures and jobs')
    .option('--model <place>', 'a trained model to ask')
    .option('--registry <dir>', 'model versions: the promoted ones answer')
    .option('--port <n>', '0 takes any free port', wholeNumber(0, 65_535), 8090)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--json', 'print one JSON document once listening');
  return addAccessOptions(studio).action(async (options: StudioOptions) => {
    const output = createOutput(context.io, options.json === true);
    const stopped = stopSignal();
    const server = await startServer(
      { ...options, pages: true, pipelines: options.store !== undefined && options.cohort !== undefined },
      true,
    );
    const url = `${server.url}/studio/`;
    output.answer({ url: server.url, studio: url }, () =>
      [`the studio is open at ${url}`, 'Research software, not a medical device: not for clinical use.'].join('\n'),
    );
    await stopped;
    await server.close();
  });
}
