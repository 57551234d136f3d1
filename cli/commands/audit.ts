import { Command } from 'commander';
import { verifyAuditLog } from '../../serving/index.js';
import type { CommandContext } from '../context.js';
import { createOutput } from '../io.js';

interface VerifyOptions {
  readonly contains?: string;
  readonly json?: boolean;
}

/** `thoracle audit verify FILE`. */
export function auditCommand({ io }: CommandContext): Command {
  const verify = new Command('verify')
    .description('check that no line of a server’s audit log was changed, moved or removed')
    .argument('<file>', 'written by "thoracle serve --audit"')
    .option('--contains <hash>', 'an entry’s hash that was noted earlier must still be there')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { contains, json }: VerifyOptions) => {
      const report = await verifyAuditLog(file, contains);
      const { entries, lastHash, tornLines } = report;
      const torn = tornLines.length === 0 ? '' : `\nunfinished when a server was ended: line ${tornLines.join(', ')}`;
      createOutput(io, json === true).answer(
        report,
        () => `${entries} entries, unchanged; last hash ${lastHash}${torn}`,
      );
    });
  return new Command('audit').description('the audit log of the server').addCommand(verify);
}
