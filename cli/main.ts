import { CommanderError } from 'commander';
import { type ExitCode, exitCode } from './exit-code.js';
import { explainFailure } from './failure.js';
import type { Io } from './io.js';
import { buildProgram } from './program.js';

/**
 * Runs one command line.
 * @param argv without node and script
 * @returns the exit code; nothing is thrown
 */
export async function main(argv: readonly string[], io: Io = process): Promise<ExitCode> {
  const result: { code: ExitCode } = { code: exitCode.ok };
  const program = buildProgram(io, (code) => {
    result.code = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return result.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.badInput;
    return reportFailure(error, argv.includes('--json'), io);
  }
}

function reportFailure(error: unknown, json: boolean, io: Io): ExitCode {
  const failure = explainFailure(error);
  if (json) io.stdout.write(`${JSON.stringify({ error: { code: failure.code, message: failure.message } })}\n`);
  io.stderr.write(`error: ${failure.message}\n`);
  const debug = process.env.THORACLE_DEBUG;
  if (debug && error instanceof Error && error.stack) io.stderr.write(`${error.stack}\n`);
  return failure.exitCode;
}
