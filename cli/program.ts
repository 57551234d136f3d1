import { Command } from 'commander';
import { packageVersion } from '../package-facts.js';
import type { CommandContext } from './context.js';
import { strictUsage } from './usage.js';

type CommandFactory = (context: CommandContext) => Command;

/** Each command with the file that holds it; only the one that is asked for is loaded, since rooms are heavy to start. */
const commandFiles: Readonly<Record<string, () => Promise<CommandFactory>>> = {
  demo: async () => (await import('./commands/demo.js')).demoCommand,
  cohort: async () => (await import('./commands/cohort.js')).cohortCommand,
  run: async () => (await import('./commands/run.js')).runCommand,
  radiomics: async () => (await import('./commands/radiomics.js')).radiomicsCommand,
  robustness: async () => (await import('./commands/robustness.js')).robustnessCommand,
  store: async () => (await import('./commands/store.js')).storeCommand,
  train: async () => (await import('./commands/train.js')).trainCommand,
  experiments: async () => (await import('./commands/experiments.js')).experimentsCommand,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluateCommand,
  report: async () => (await import('./commands/report.js')).reportCommand,
  model: async () => (await import('./commands/model.js')).modelCommand,
  predict: async () => (await import('./commands/predict.js')).predictCommand,
  batch: async () => (await import('./commands/batch.js')).batchCommand,
  audit: async () => (await import('./commands/audit.js')).auditCommand,
  serve: async () => (await import('./commands/serve.js')).serveCommand,
  studio: async () => (await import('./commands/studio.js')).studioCommand,
  loadtest: async () => (await import('./commands/loadtest.js')).loadtestCommand,
};

/** Stands for `serve` where it only leads other processes, which needs no model, no server and no store. */
const leadOfServers = 'serve --processes';

/** The command that a command line asks for. */
export function commandAsked(argv: readonly string[]): string | undefined {
  const help = argv.includes('--help') || argv.includes('-h');
  const leads = argv.some((word) => word === '--processes' || word.startsWith('--processes='));
  return argv[0] === 'serve' && leads && !help ? leadOfServers : argv[0];
}

async function serveOrLead(): Promise<CommandFactory> {
  const { memberPlace } = await import('../serving/processes/index.js');
  if (memberPlace(process.env) === undefined) return (await import('./commands/serve-processes.js')).leadCommand;
  return (await import('./commands/serve.js')).serveCommand;
}

/**
 * The command line, also read by the documentation generator. Nothing runs until it parses.
 * @param asked the command to load, from `commandAsked`; all of them when it is none of ours (help, a typing mistake)
 */
export async function buildProgram(context: CommandContext, asked?: string): Promise<Command> {
  const { io } = context;
  const program = new Command('thoracle')
    .description(
      'Survival prediction for non-small-cell lung cancer from gene expression, clinical records and CT.\n' +
        'Research software, not a medical device: not for clinical use.',
    )
    .version(packageVersion());
  const one = asked === leadOfServers ? serveOrLead : asked === undefined ? undefined : commandFiles[asked];
  const none = asked === '--version' || asked === '-V';
  const factories = one !== undefined ? [one] : none ? [] : Object.values(commandFiles);
  for (const factory of factories) program.addCommand((await factory())(context));
  program.addHelpText(
    'after',
    '\nExit codes: 0 ok, 1 some patients or rows failed, 2 bad usage or input, 70 a mistake in this program.',
  );
  for (const command of withSubcommands(program)) {
    strictUsage(command);
    command
      .exitOverride()
      .showHelpAfterError('(run with --help for the options)')
      .configureOutput({
        writeOut: (text: string) => io.stdout.write(text),
        writeErr: (text: string) => io.stderr.write(text),
      });
  }
  return program;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
