/** A process that sends load: one job in by message, its result out by message, until it is disconnected. */
import { type LoadJob, runLoad } from './run-load.js';

process.on('message', (job: LoadJob) => {
  runLoad(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
