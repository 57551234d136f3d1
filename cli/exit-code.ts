/** What a shell or a scheduler sees. */
export const exitCode = {
  ok: 0,
  /** Some patients or rows failed; the others are done. */
  someFailed: 1,
  /** Bad usage or bad input; nothing half-written. */
  badInput: 2,
  /** A mistake in this program. */
  internal: 70,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
