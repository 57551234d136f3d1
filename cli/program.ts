import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { cohortCommand } from './commands/cohort.js';
import { demoCommand } from './commands/demo.js';
import { predictCommand } from './commands/predict.js';
import { radiomicsCommand } from './commands/radiomics.js';
import { runCommand } from './commands/run.js';
import { serveCommand } from './commands/serve.js';
import { storeCommand } from './commands/store.js';
import { trainCommand } from './commands/train.js';
import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';

/** What every command gets. */
export interface CommandContext {
  readonly io: Io;
  /** Sets the exit code of a command that ended without an error of its own. */
  readonly exit: (code: ExitCode) => void;
}

/** The whole command line, also read by the documentation generator. Nothing runs until it parses. */
export function buildProgram(io: Io, exit: (code: ExitCode) => void): Command {
  const context: CommandContext = { io, exit };
  const program = new Command('thoracle')
    .description(
      'Survival prediction for non-small-cell lung cancer from gene expression, clinical records and CT.\n' +
        'Research software, not a medical device: not for clinical use.',
    )
    .version(packageVersion());
  const commands = [
    demoCommand(context),
    cohortCommand(context),
    runCommand(context),
    radiomicsCommand(context),
    storeCommand(context),
    trainCommand(context),
    predictCommand(context),
    serveCommand(context),
  ];
  for (const command of commands) program.addCommand(command);
  program.addHelpText(
    'after',
    '\nExit codes: 0 ok, 1 some patients failed, 2 bad usage or input, 70 a mistake in this program.',
  );
  for (const command of [program, ...commands, ...commands.flatMap((c) => c.commands)]) {
    command
      .exitOverride()
      .showHelpAfterError('(run with --help for the options)')
      .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  }
  return program;
}

/** This package's version, from its package.json. */
export function packageVersion(): string {
  // Two levels up from dist/cli as from a package root one level up: the file sits beside dist/.
  for (const candidate of ['../../package.json', '../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(candidate, import.meta.url), 'utf8')) as Record<string, unknown>;
      if (found.name === 'thoracle' && typeof found.version === 'string') return found.version;
    } catch {
      // Not there: the other place is tried.
    }
  }
  throw new Error('package.json of thoracle not found');
}
