import { Command } from 'commander';
import { type AuditReport, verifyAuditLogs } from '../../serving/index.js';
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
    .argument('<file>', 'as "thoracle serve --audit" was given it; the logs of several processes are checked together')
    .option('--contains <hash>', 'an entry’s hash that was noted earlier must still be there')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { contains, json }: VerifyOptions) => {
      const reports = await verifyAuditLogs(file, contains);
      const [first, ...others] = reports;
      const { file: _name, ...only } = first;
      createOutput(io, json === true).answer(others.length === 0 ? only : { files: reports }, () =>
        others.length === 0
          ? sentence(only)
          : reports.map(({ file: name, ...report }) => `${name}: ${sentence(report)}`).join('\n'),
      );
    });
  return new Command('audit').description('the audit log of the server').addCommand(verify);
}

function sentence({ entries, lastHash, tornLines }: AuditReport): string {
  const torn = tornLines.length === 0 ? '' : `\nunfinished when a server was ended: line ${tornLines.join(', ')}`;
  return `${entries} entries, unchanged; last hash ${lastHash}${torn}`;
}
