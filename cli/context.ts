import type { ExitCode } from './exit-code.js';
import type { Io } from './io.js';

/** What every command gets. */
export interface CommandContext {
  readonly io: Io;
  /** Sets the exit code of a command that ended without an error of its own. */
  readonly exit: (code: ExitCode) => void;
}
