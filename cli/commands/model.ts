import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadBundle } from '../../training/bundle/folder.js';
import { cardMarkdown, modelCard } from '../../training/index.js';
import { parseReportData } from '../../training/report/index.js';
import type { CommandContext } from '../context.js';
import { createOutput } from '../io.js';

/** `thoracle model card`. */
export function modelCommand(context: CommandContext): Command {
  const model = new Command('model').description('what is known of a model');
  model.addCommand(cardCommand(context));
  return model;
}

function cardCommand(context: CommandContext): Command {
  return new Command('card')
    .description('the model card with the TRIPOD+AI checklist, as Markdown')
    .argument('<dir>', 'a trained model')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: { readonly json?: boolean }) => {
      const { manifest } = await loadBundle(dir);
      const file = join(dir, 'report.json');
      const text = await readFile(file, 'utf8').catch(() => undefined);
      const report = text === undefined ? undefined : parseReportData(text, file);
      const card = modelCard(manifest, report?.modelId === manifest.modelId ? report : undefined);
      createOutput(context.io, options.json === true).answer(card, () => cardMarkdown(card));
    });
}
