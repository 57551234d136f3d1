import { Command } from 'commander';
import { createApiKey, type GrantedScope, grantedScopes, readApiKeys, revokeApiKey } from '../../serving/index.js';
import type { CommandContext } from '../context.js';
import { createOutput, type Io, type Output, textTable } from '../io.js';
import { listOf, wholeNumber } from '../option-values.js';

interface CreateOptions {
  readonly name: string;
  readonly scopes: readonly GrantedScope[];
  readonly days?: number;
}

interface JsonOption {
  readonly json?: boolean;
}

const dayMs = 86_400_000;

/** `serve` has an option `--json` too, which takes the word before its subcommands see it. */
function outputOf(io: Io, command: Command): Output {
  return createOutput(io, command.optsWithGlobals<JsonOption>().json === true);
}

/** `thoracle serve key create | list | revoke`. */
export function serveKeyCommand(context: CommandContext): Command {
  const key = new Command('key').description('API keys of the server: make, list, revoke');
  for (const make of [createCommand, listCommand, revokeCommand]) key.addCommand(make(context));
  return key;
}

function createCommand({ io }: CommandContext): Command {
  return new Command('create')
    .description('make an API key; it is shown once, the file holds its hash only')
    .argument('<file>', 'file of keys, made when it does not exist')
    .requiredOption('--name <text>', 'who gets it')
    .option(
      '--scopes <list>',
      `what it may do: ${grantedScopes.join(', ')} (admin may do all)`,
      listOf(grantedScopes),
      ['predict'] as const,
    )
    .option('--days <n>', 'it expires after so many days; default: never', wholeNumber(1, 36_500))
    .option('--json', 'print one JSON document')
    .action(async (file: string, { name, scopes, days }: CreateOptions, command: Command) => {
      const expires = days === undefined ? {} : { expires: new Date(Date.now() + days * dayMs) };
      const { secret, key } = await createApiKey(file, { name, scopes, ...expires });
      const { sha256: _hash, ...shown } = key;
      outputOf(io, command).answer(
        { ...shown, key: secret },
        () => `${secret}\n(id ${key.id}; keep it: it is shown this once)`,
      );
    });
}

function listCommand({ io }: CommandContext): Command {
  return new Command('list')
    .description('every key of a file, without secrets')
    .argument('<file>', 'file of keys')
    .option('--json', 'print one JSON document')
    .action(async (file: string, _options: JsonOption, command: Command) => {
      const keys = (await readApiKeys(file)).map(({ sha256: _hash, ...key }) => key);
      outputOf(io, command).answer(keys, () =>
        textTable(
          ['id', 'name', 'scopes', 'created', 'expires'],
          keys.map((key) => [key.id, key.name, key.scopes.join(','), key.created, key.expires ?? '-']),
        ),
      );
    });
}

function revokeCommand({ io }: CommandContext): Command {
  return new Command('revoke')
    .description('take a key out of a file; running servers refuse it within a second')
    .argument('<file>', 'file of keys')
    .argument('<id>', 'as "list" shows it')
    .option('--json', 'print one JSON document')
    .action(async (file: string, id: string, _options: JsonOption, command: Command) => {
      await revokeApiKey(file, id);
      outputOf(io, command).answer({ revoked: id }, () => `key ${id} is revoked`);
    });
}
