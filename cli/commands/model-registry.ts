import { Command } from 'commander';
import {
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
  readonly json?: boolean;
}

/** `thoracle model register | promote | rollback | list`. */
export function registryCommands(context: CommandContext): readonly Command[] {
  return [registerCommand(context), promoteCommand(context), rollbackCommand(context), listCommand(context)];
}

function registryCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--registry <dir>', 'folder of model versions')
    .option('--json', 'print one JSON document');
}

function registerCommand({ io }: CommandContext): Command {
  return registryCommand('register', 'copy a model into a registry as a new version, a candidate')
    .argument('<name>', 'what it answers to')
    .argument('<place>', 'its folder, or a model.tar.gz')
    .action(async (name: string, place: string, { registry, json }: RegistryOptions) => {
      const version = await registerModel(registry, name, place);
      createOutput(io, json === true).answer({ name, ...version }, () => sentence(name, version));
    });
}

function promoteCommand({ io }: CommandContext): Command {
  return registryCommand('promote', 'put a version into production; running servers swap to it')
    .argument('<name>')
    .argument('<version>')
    .action(async (name: string, version: string, { registry, json }: RegistryOptions) => {
      const promoted = await promoteModel(registry, name, version);
      createOutput(io, json === true).answer({ name, ...promoted }, () => sentence(name, promoted));
    });
}

function rollbackCommand({ io }: CommandContext): Command {
  return registryCommand('rollback', 'put the version back that was in production before')
    .argument('<name>')
    .action(async (name: string, { registry, json }: RegistryOptions) => {
      const version = await rollBackModel(registry, name);
      createOutput(io, json === true).answer({ name, ...version }, () => sentence(name, version));
    });
}

function listCommand({ io }: CommandContext): Command {
  return registryCommand('list', 'every version of every model with its stage').action(
    async ({ registry, json }: RegistryOptions) => {
      const models = (await readRegistry(registry))?.models ?? {};
      const rows = Object.entries(models).flatMap(([name, { versions }]) => versions.map((one) => ({ name, ...one })));
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
