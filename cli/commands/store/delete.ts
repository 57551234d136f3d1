import { Command } from 'commander';
import { openStore } from '../../../featurestore/index.js';
import type { CommandContext } from '../../context.js';
import { CliError, cliErrors } from '../../errors.js';
import { createOutput } from '../../io.js';

interface DeleteOptions {
  readonly store: string;
  readonly hard?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `thoracle store delete GROUP [ID] --store FILE --yes`. */
export function deleteCommand({ io }: CommandContext): Command {
  return new Command('delete')
    .description(
      'delete the latest record of a patient (its history stays), or without an id the whole group with its history',
    )
    .argument('<group>')
    .argument('[id]')
    .requiredOption('--store <file>', 'the store’s file or postgres://…')
    .option('--hard', 'a record: forget its event times too, so that any later write counts')
    .option('--yes', 'do it; without this the command only says what would go')
    .option('--json', 'print one JSON document')
    .action(async (group: string, id: string | undefined, options: DeleteOptions) => {
      const { store: file, yes = false, hard = false, json = false } = options;
      if (id === undefined && hard) {
        throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH('--hard is about a record: give its id'));
      }
      const store = await openStore(file, { readOnly: !yes });
      try {
        if (id === undefined) {
          const { recordCount } = await store.describeGroup(group);
          if (!yes) throw notConfirmed(`group "${group}" with ${recordCount} records and all its history`);
          const { rows } = await store.deleteGroup(group, group);
          createOutput(io, json).answer({ group, rows }, () => `${group} deleted: ${rows} rows of history`);
          return;
        }
        if ((await store.record.get(group, id)) === undefined) {
          throw new CliError('CLI_UNKNOWN_RECORD', cliErrors.CLI_UNKNOWN_RECORD(group, id));
        }
        if (!yes) throw notConfirmed(`the latest record of "${id}" in group "${group}"`);
        const deleted = await store.record.delete(group, id, { mode: hard ? 'hard' : 'soft' });
        createOutput(io, json).answer({ group, id, deleted }, () => `${group} ${id} deleted; its history stays`);
      } finally {
        await store.close();
      }
    });
}

function notConfirmed(what: string): CliError {
  return new CliError('CLI_NOT_CONFIRMED', cliErrors.CLI_NOT_CONFIRMED(what));
}
