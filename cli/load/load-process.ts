import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './run-load.js';

/** A second process that sends load, so that server and client do not share an event loop. */
export interface LoadProcess {
  run(job: LoadJob): Promise<LoadResult>;
  close(): void;
}

/** Starts it. It must be closed. */
export function startLoadProcess(): LoadProcess {
  const child = fork(fileURLToPath(new URL('load-child.js', import.meta.url)), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null) => reject(new Error(`the process that sends load ended with ${code}`));
        child.once('exit', ended);
        child.once('message', (reply: { readonly result?: LoadResult; readonly failure?: string }) => {
          child.removeListener('exit', ended);
          if (reply.result !== undefined) resolve(reply.result);
          else reject(new Error(reply.failure));
        });
        child.send(job);
      }),
    close: () => child.disconnect(),
  };
}
