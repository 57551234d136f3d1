#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// A reader that has seen enough (`thoracle store query ... | head`) ends the writing, not the work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const compiled = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(compiled))) {
  const { main } = await import(compiled.href);
  process.exitCode = await main(process.argv.slice(2));
  // A process that another one has started ends with its work, not with the channel to the other.
  process.channel?.unref();
} else {
  process.stderr.write('thoracle is not built yet: run "npm run setup" in the checkout first.\n');
  process.exitCode = 2;
}
