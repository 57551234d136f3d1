import { Command, Option } from 'commander';
import { type FeatureStore, openStore } from '../../../featurestore/index.js';
import type { CommandContext } from '../../context.js';
import { createOutput, textTable } from '../../io.js';
import type { Answer } from './answers.js';

interface ArchiveOptions {
  readonly store: string;
  readonly json?: boolean;
}

interface Counted {
  readonly groups: readonly { readonly name: string; readonly rows: number; readonly files: number }[];
  readonly digest?: string;
}

/** `thoracle store export-history | import | backup | restore FOLDER`. */
export function archiveCommands(context: CommandContext): readonly Command[] {
  const exportHistory = archiveCommand('export-history', 'write whole histories as Parquet by group and event day')
    .option('--group <name...>', 'these groups only')
    .addOption(new Option('--partition <kind>', 'folders by day, or none').choices(['event-day', 'none']))
    .action((folder: string, options: ArchiveOptions & { group?: string[]; partition?: 'event-day' | 'none' }) => {
      const { group: groups, partition } = options;
      const chosen = { ...(groups && { groups }), ...(partition && { partition }) };
      return withStore(context, options, true, async (store) => answer(await store.exportHistory(folder, chosen)));
    });
  const importHistory = archiveCommand('import', 'restore groups from a folder of export-history').action(
    (folder: string, options: ArchiveOptions) =>
      withStore(context, options, false, async (store) => answer(await store.importHistory(folder))),
  );
  const backup = archiveCommand('backup', 'write everything that the store holds, with a digest').action(
    (folder: string, options: ArchiveOptions) =>
      withStore(context, options, true, async (store) => answer(await store.backup(folder))),
  );
  const restore = archiveCommand('restore', 'restore a backup, of either back end, into an empty store')
    .option('--digest <sha256>', 'what the digest of the backup must be')
    .action((folder: string, options: ArchiveOptions & { digest?: string }) =>
      withStore(context, options, false, async (store) => answer(await store.restore(folder, options.digest))),
    );
  return [exportHistory, importHistory, backup, restore];
}

function archiveCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<folder>')
    .requiredOption('--store <file>', 'the store’s file or postgres://…')
    .option('--json', 'print one JSON document');
}

/** Opens the store, lets the work answer, closes it whatever happens. */
export async function withStore(
  { io }: CommandContext,
  { store: place, json = false }: ArchiveOptions,
  readOnly: boolean,
  work: (store: FeatureStore) => Promise<Answer>,
): Promise<void> {
  const store = await openStore(place, { readOnly });
  try {
    const { document, text } = await work(store);
    createOutput(io, json).answer(document, text);
  } finally {
    await store.close();
  }
}

function answer(counted: Counted): Answer {
  const rows = counted.groups.map(({ name, rows: lines, files }) => [name, lines, files] as const);
  const digest = counted.digest === undefined ? '' : `\ndigest ${counted.digest}`;
  return { document: counted, text: () => textTable(['group', 'lines', 'files'], rows) + digest };
}
