import { Command } from 'commander';
import { pino } from 'pino';
import { buildStoreApp } from '../../../featurestore/http/index.js';
import {
  type AccessKey,
  accessKeysOfEnvironment,
  accessKeyVariables,
  createAccessKeyFile,
  openStore,
  readAccessKeys,
} from '../../../featurestore/index.js';
import { listen } from '../../../serving/index.js';
import type { CommandContext } from '../../context.js';
import { CliError, cliErrors } from '../../errors.js';
import { createOutput } from '../../io.js';
import { wholeNumber } from '../../option-values.js';
import { stopSignal } from '../../stop-signal.js';

interface StoreServeOptions {
  readonly store: string;
  readonly keys?: string;
  readonly port: number;
  readonly host: string;
  readonly readOnly?: boolean;
  /** Megabytes of values kept in memory. */
  readonly cache?: number;
  readonly json?: boolean;
}

/** `thoracle store serve --store FILE --keys FILE [--port 8181] [--host 127.0.0.1]`. */
export function storeServeCommand({ io }: CommandContext): Command {
  return new Command('serve')
    .description('serve the store over HTTP, to the cloud’s own clients too, until stopped (Ctrl-C or SIGTERM)')
    .requiredOption('--store <file>', 'the store’s file (made when it does not exist) or postgres://…')
    .option('--keys <file>', `access keys (format of ~/.aws/credentials); default ${accessKeyVariables.join(', ')}`)
    .option('--port <n>', '0 takes any free port', wholeNumber(0, 65_535), 8181)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--read-only', 'refuse whatever would change the store')
    .option('--cache <mb>', 'values that were read, kept in memory; of files only (default: 256)', wholeNumber(0, 1e6))
    .option('--json', 'print one JSON document once listening')
    .action(async (options: StoreServeOptions) => {
      const keys = await accessKeys(options.keys);
      const { cache } = options;
      const store = await openStore(options.store, {
        readOnly: options.readOnly === true,
        ...(cache !== undefined && { cacheMb: cache }),
      });
      try {
        const server = await listen(buildStoreApp({ store, keys, logger: pino(pino.destination(2)) }), options);
        createOutput(io, options.json === true).answer({ url: server.url, docs: `${server.url}/docs` }, () =>
          [
            `listening on ${server.url} (API page: ${server.url}/docs)`,
            'Research software, not a medical device: not for clinical use.',
          ].join('\n'),
        );
        await stopSignal();
        await server.close();
      } finally {
        await store.close();
      }
    });
}

/** Keys of a file, or else of the environment. @throws CliError when there are none: nothing is served without */
export async function accessKeys(file: string | undefined): Promise<readonly AccessKey[]> {
  const keys = file === undefined ? accessKeysOfEnvironment(process.env) : await readAccessKeys(file);
  if (keys.length === 0) throw new CliError('CLI_NO_KEYS', cliErrors.CLI_NO_KEYS(accessKeyVariables));
  return keys;
}

/** `thoracle store access-key FILE [--read-only]`. */
export function accessKeyCommand({ io }: CommandContext): Command {
  return new Command('access-key')
    .description('make a new access key in a file that only you can read; server and clients may share it')
    .argument('<file>')
    .option('--read-only', 'a key that changes nothing')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: { readonly readOnly?: boolean; readonly json?: boolean }) => {
      const { accessKeyId, access } = await createAccessKeyFile(file, options.readOnly === true ? 'read' : 'write');
      createOutput(io, options.json === true).answer(
        { file, accessKeyId, access },
        () => `access key ${accessKeyId} (${access}) written to ${file}; its secret is in there and nowhere else`,
      );
    });
}
