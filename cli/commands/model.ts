import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { createPredictor } from '../../serving/index.js';
import { assertBundlePlace, bundleArchive, loadBundle, saveBundle } from '../../training/bundle/folder.js';
import {
  cardMarkdown,
  importedBundle,
  loadNativeLibrary,
  modelCard,
  readXgboostArtifact,
} from '../../training/index.js';
import type { CommandContext } from '../context.js';
import { CliError, cliErrors } from '../errors.js';
import { readBytesFile } from '../input-file.js';
import { createOutput, type Output } from '../io.js';
import { parametersOf, rememberFailure, rememberRun } from '../remember-run.js';
import { cardOf } from './model-card.js';
import { registryCommands } from './model-registry.js';

interface ImportCommandOptions {
  readonly out: string;
  readonly columns?: readonly string[];
  readonly task?: 'status' | 'survival';
  readonly store?: string;
  readonly json?: boolean;
}

/** `thoracle model card|import|export`, and `register|promote|rollback|archive|list` of a registry. */
export function modelCommand(context: CommandContext): Command {
  const model = new Command('model').description(
    'a model as such: what is known of it, from elsewhere, as one file, in versions',
  );
  for (const command of [cardCommand, importCommand, exportCommand]) model.addCommand(command(context));
  for (const command of registryCommands(context)) model.addCommand(command);
  return model;
}

function cardCommand(context: CommandContext): Command {
  return new Command('card')
    .description('the model card with the TRIPOD+AI checklist, as Markdown')
    .argument('<dir>', 'a trained model')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: { readonly json?: boolean }) => {
      const { manifest } = await loadBundle(dir);
      const card = await cardOf(manifest, dir);
      createOutput(context.io, options.json === true).answer(card, () => cardMarkdown(card));
    });
}

function importCommand(context: CommandContext): Command {
  return new Command('import')
    .description('make a model of an XGBoost artifact that was trained elsewhere (model.tar.gz, JSON, UBJSON, pickle)')
    .argument('<file>', 'a SageMaker model.tar.gz, or the model file itself; nothing in it is executed')
    .requiredOption('--out <dir>', 'folder for the model; an earlier model there is replaced')
    .option(
      '--columns <list>',
      'names of the inputs in order, comma-separated; clinical.age takes age from the group clinical',
      names,
    )
    .addOption(
      new Option('--task <name>', 'what it predicts; refused when its objective says otherwise').choices([
        'status',
        'survival',
      ]),
    )
    .option('--store <file>', 'a store that remembers the import among its runs')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: ImportCommandOptions) => {
      const output = createOutput(context.io, options.json === true);
      const work = () => importModel(file, options, output);
      const run = {
        kind: 'import',
        name: basename(file),
        startedAtMs: Date.now(),
        parameters: parametersOf({ task: options.task, columns: options.columns }),
      } as const;
      const answer =
        options.store === undefined ? await work() : await rememberFailure(options.store, output, run, work);
      output.answer(
        answer,
        () =>
          `model ${answer.model.slice(0, 12)} (${answer.objective}, ${answer.columns.length} columns) written to ${options.out}`,
      );
    });
}

function names(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

async function importModel(file: string, options: ImportCommandOptions, output: Output) {
  const { out, columns, task, store } = options;
  const startedAtMs = Date.now();
  await assertBundlePlace(out);
  const bytes = await readBytesFile(file);
  const name = basename(file);
  const { form, booster } = await readXgboostArtifact(loadNativeLibrary(), bytes, name);
  const bundle = importedBundle(booster, {
    name,
    ...(columns !== undefined && { columns }),
    ...(task !== undefined && { task }),
  });
  const { featureNames } = createPredictor(bundle);
  const { manifest } = bundle;
  await saveBundle(out, bundle, { 'model-card.md': cardMarkdown(modelCard(manifest, undefined)) });
  for (const warning of manifest.warnings) output.note(`warning: ${warning}`);
  if (store !== undefined) {
    await rememberRun(store, output, {
      kind: 'import',
      name,
      startedAtMs,
      parameters: { form, ...parametersOf({ task, columns }) },
      metrics: {},
      inputs: [{ name, sha256: createHash('sha256').update(bytes).digest('hex') }],
      groups: [],
      artifacts: [{ name: 'model', sha256: manifest.modelId }],
    });
  }
  const { learner } = booster as { readonly learner: { readonly objective: { readonly name: string } } };
  return {
    model: manifest.modelId,
    out,
    form,
    objective: learner.objective.name,
    task: manifest.task.kind,
    columns: featureNames,
  };
}

function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description('a model with its card and report as one model.tar.gz, which `serve` and `predict` take too')
    .argument('<dir>', 'a trained model')
    .requiredOption('--out <file>', 'a new file')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, { out, json }: { readonly out: string; readonly json?: boolean }) => {
      const bytes = await bundleArchive(dir);
      try {
        await writeFile(out, bytes, { flag: 'wx' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        throw new CliError('CLI_OUT_EXISTS', cliErrors.CLI_OUT_EXISTS(out, 'a new file'));
      }
      createOutput(context.io, json === true).answer(
        { out, bytes: bytes.length },
        () => `${out} written, ${bytes.length} bytes`,
      );
    });
}
