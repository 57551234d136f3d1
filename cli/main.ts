import { CommanderError } from 'commander';
import { type ExitCode, exitCode } from './exit-code.js';
import { explainFailure } from './failure.js';
import type { Io } from './io.js';
import { buildProgram, commandAsked } from './program.js';

/**
 * Runs one command line.
 * @param argv without node and script
 * @returns the exit code; nothing is thrown
 */
export async function main(argv: readonly string[], io: Io = process): Promise<ExitCode> {
  const result: { code: ExitCode } = { code: exitCode.ok };
  const exit = (code: ExitCode) => {
    result.code = code;
  };
  try {
    const program = await buildProgram({ io, exit }, commandAsked(argv));
    await program.parseAsync([...argv], { from: 'user' });
    return result.code;
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, argv.includes('--json'), io);
    return reportFailure(error, argv.includes('--json'), io);
  }
}

/** Help and version are no failures; commander has already written its sentence for the others. */
function reportUsage(error: CommanderError, json: boolean, io: Io): ExitCode {
  if (error.exitCode === 0) return exitCode.ok;
  if (json) writeErrorDocument(io, 'CLI_USAGE', error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  return exitCode.badInput;
}

function writeErrorDocument(io: Io, code: string, message: string): void {
  io.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
}

function reportFailure(error: unknown, json: boolean, io: Io): ExitCode {
  const failure = explainFailure(error);
  if (json) writeErrorDocument(io, failure.code, failure.message);
  io.stderr.write(`error: ${failure.message}\n`);
  const debug = process.env.THORACLE_DEBUG;
  if (debug && error instanceof Error && error.stack) io.stderr.write(`${error.stack}\n`);
  return failure.exitCode;
}
