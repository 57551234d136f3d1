import { Command } from 'commander';
import { type FeatureStore, openStore } from '../../featurestore/index.js';
import type { CommandContext } from '../context.js';
import { createOutput } from '../io.js';
import * as answers from './store/answers.js';
import { archiveCommands } from './store/archive.js';
import { datasetCommand } from './store/dataset.js';
import { deleteCommand } from './store/delete.js';
import { ingestCommand } from './store/ingest.js';
import { queryCommand } from './store/query.js';
import { accessKeyCommand, storeServeCommand } from './store/serve.js';
import { statisticsCommands } from './store/statistics.js';

interface StoreOptions {
  readonly store: string;
  readonly json?: boolean;
}

/** `thoracle store groups | search | describe | get | history | query | quarantine | export | export-history | import | backup | restore | stats | drift | dataset | ingest | delete | serve | access-key`. */
export function storeCommand(context: CommandContext): Command {
  const command = new Command('store').description('look into a feature store, fill it, serve it');
  const sub = (usage: string, description: string): Command => {
    const child = new Command(usage.split(' ')[0]).description(description);
    for (const argument of usage.split(' ').slice(1)) child.argument(`<${argument}>`);
    child
      .requiredOption('--store <file>', 'the store’s file or postgres://…')
      .option('--json', 'print one JSON document');
    command.addCommand(child);
    return child;
  };
  sub('groups', 'list the feature groups').action(readStore(context, answers.listGroups));
  sub('search', 'list the feature groups that meet every condition')
    .option('--text <text>', 'a part of the group’s name or description')
    .option('--feature <text>', 'a part of a feature’s name')
    .option('--role <role>', 'a role that one of its features has')
    .option('--tag <name>', 'a tag of the group')
    .option('--tag-value <value>', 'the value of the tag')
    .option('--owner <text>', 'a part of the owner’s name')
    .action(searchStore(context));
  sub('describe group', 'definitions of a group').action(readStore(context, answers.describeGroup));
  sub('get group id', 'the latest record of a patient').action(readStore(context, answers.getRecord));
  sub('history group id', 'every row ever written about a patient').action(readStore(context, answers.recordHistory));
  command.addCommand(queryCommand(context));
  sub('quarantine group', 'rows that broke a rule when they were ingested').action(
    readStore(context, answers.listQuarantine),
  );
  sub('export group file', 'write the latest records to a .csv or .parquet file; an earlier one is replaced').action(
    readStore(context, answers.exportGroup),
  );
  for (const child of [...archiveCommands(context), ...statisticsCommands(context)]) command.addCommand(child);
  command.addCommand(ingestCommand(context));
  command.addCommand(datasetCommand(context));
  command.addCommand(deleteCommand(context));
  command.addCommand(storeServeCommand(context));
  command.addCommand(accessKeyCommand(context));
  return command;
}

type Reader = (store: FeatureStore, ...args: string[]) => Promise<answers.Answer>;

/** Opens the store read-only, lets the reader answer, closes it whatever happens. */
function readStore(context: CommandContext, reader: Reader) {
  return (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    return answerFrom(context, command.opts<StoreOptions>(), (store) => reader(store, ...command.args));
  };
}

function searchStore(context: CommandContext) {
  return (options: StoreOptions & Parameters<typeof answers.searchGroups>[1]): Promise<void> => {
    const { store: _file, json: _json, ...search } = options;
    return answerFrom(context, options, (store) => answers.searchGroups(store, search));
  };
}

async function answerFrom(
  { io }: CommandContext,
  { store: file, json = false }: StoreOptions,
  reader: (store: FeatureStore) => Promise<answers.Answer>,
): Promise<void> {
  const store = await openStore(file, { readOnly: true });
  try {
    const answer = await reader(store);
    createOutput(io, json).answer(answer.document, answer.text);
  } finally {
    await store.close();
  }
}
