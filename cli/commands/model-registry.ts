import { userInfo } from 'node:os';
import { Command } from 'commander';
import {
  archiveModel,
  promoteModel,
  type RegisteredVersion,
  readRegistry,
  registerModel,
  rollBackModel,
} from '../../serving/index.js';
import type { CommandContext } from '../context.js';
import { createOutput, textTable } from '../io.js';

interface RegistryOptions {
  readonly registry: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** `thoracle model register | promote | rollback | archive | list`. */
export function registryCommands(context: CommandContext): readonly Command[] {
  return [
    registerCommand(context),
    promoteCommand(context),
    rollbackCommand(context),
    archiveCommand(context),
    listCommand(context),
  ];
}

function registryCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--registry <dir>', 'folder of model versions')
    .option('--json', 'print one JSON document');
}

/** A command that changes something, and says for the history who did it. */
function changingCommand(name: string, description: string): Command {
  return registryCommand(name, description).option(
    '--by <name>',
    'who does it, for the history; default: the user of the system',
  );
}

/** Empty for a user that the system has no name for. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

function registerCommand({ io }: CommandContext): Command {
  return changingCommand('register', 'copy a model into a registry as a new version, a candidate')
    .argument('<name>', 'what it answers to')
    .argument('<place>', 'its folder, or a model.tar.gz')
    .action(async (name: string, place: string, { registry, by = systemUser(), json }: RegistryOptions) => {
      const version = await registerModel(registry, name, place, by);
      createOutput(io, json === true).answer({ name, ...version }, () => sentence(name, version));
    });
}

function promoteCommand({ io }: CommandContext): Command {
  return changingCommand('promote', 'put a version into production; running servers swap to it')
    .argument('<name>')
    .argument('<version>')
    .action(async (name: string, version: string, { registry, by = systemUser(), json }: RegistryOptions) => {
      const promoted = await promoteModel(registry, name, version, by);
      createOutput(io, json === true).answer({ name, ...promoted }, () => sentence(name, promoted));
    });
}

function rollbackCommand({ io }: CommandContext): Command {
  return changingCommand('rollback', 'put the version back that was in production before')
    .argument('<name>')
    .action(async (name: string, { registry, by = systemUser(), json }: RegistryOptions) => {
      const version = await rollBackModel(registry, name, by);
      createOutput(io, json === true).answer({ name, ...version }, () => sentence(name, version));
    });
}

function archiveCommand({ io }: CommandContext): Command {
  return changingCommand('archive', 'put a version away that is not in production; it can be promoted again')
    .argument('<name>')
    .argument('<version>')
    .action(async (name: string, version: string, { registry, by = systemUser(), json }: RegistryOptions) => {
      const archived = await archiveModel(registry, name, version, by);
      createOutput(io, json === true).answer({ name, ...archived }, () => sentence(name, archived));
    });
}

function listCommand({ io }: CommandContext): Command {
  return registryCommand('list', 'every version of every model with its stage; with --json each one’s history').action(
    async ({ registry, json }: RegistryOptions) => {
      const models = (await readRegistry(registry))?.models ?? {};
      const rows = Object.entries(models).flatMap(([name, { versions, history = [] }]) =>
        versions.map((one) => ({
          name,
          ...one,
          history: history.filter(({ version }) => version === one.version).map(({ version: _, ...event }) => event),
        })),
      );
      createOutput(io, json === true).answer(rows, () =>
        textTable(
          ['name', 'version', 'stage', 'model', 'registered'],
          rows.map((one) => [one.name, one.version, one.stage, one.modelId.slice(0, 12), one.registered]),
        ),
      );
    },
  );
}

function sentence(name: string, { version, stage, modelId }: RegisteredVersion): string {
  return `${name} version ${version} (${modelId.slice(0, 12)}): ${stage}`;
}
