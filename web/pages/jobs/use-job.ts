import { useEffect, useState } from 'preact/hooks';
import type { JobEvent, JobItem, JobState } from '../../server/replies/job-reply.js';
import { ReplyError } from '../../session/client.js';
import { serverEvents } from '../../session/server-events.js';

/** A job as far as this page has heard of it. */
export interface WatchedJob {
  readonly id: string;
  readonly state: JobState;
  readonly failure: string | null;
  readonly items: readonly JobItem[];
  readonly log: readonly string[];
}

/** Milliseconds before a stream that broke is asked for again. */
const againMs = 1500;

/** Follows a job while it runs. A stream that breaks is asked for again, and tells everything from the beginning. */
export function useJob(id: string | undefined): WatchedJob | ReplyError | undefined {
  const [job, setJob] = useState<WatchedJob | ReplyError>();
  useEffect(() => {
    setJob(undefined);
    if (id === undefined) return undefined;
    const gone = new AbortController();
    void follow(id, gone.signal, setJob);
    return () => gone.abort();
  }, [id]);
  return job;
}

async function follow(id: string, signal: AbortSignal, show: (job: WatchedJob | ReplyError) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await readThrough(id, signal, show)) return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ReplyError && error.status !== 0) {
        show(error);
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}

/** Reads one stream from its beginning. @returns whether the job has ended */
async function readThrough(id: string, signal: AbortSignal, show: (job: WatchedJob) => void): Promise<boolean> {
  const items = new Map<string, JobItem>();
  const log: string[] = [];
  for await (const event of serverEvents<JobEvent>(`/studio/api/jobs/${encodeURIComponent(id)}/events`, signal)) {
    for (const item of event.items) items.set(`${item.stage} ${item.subject}`, item);
    log.push(...event.log);
    if (signal.aborted) return true;
    show({ id, state: event.state, failure: event.failure, items: [...items.values()], log: [...log] });
    if (event.endedAtMs !== null) return true;
  }
  return false;
}
