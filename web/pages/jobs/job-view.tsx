import { useEffect, useRef, useState } from 'preact/hooks';
import type { JobItem, JobRequest, JobState } from '../../server/replies/job-reply.js';
import { post, ReplyError } from '../../session/client.js';
import { Refusal } from '../../session/reply-view.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { useJob, type WatchedJob } from './use-job.js';

/** What a job's state is called. */
const words: Readonly<Record<JobState, string>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'given up',
};

/** One job, live: how far each stage is, every patient, and what was said. */
export function JobView({
  id,
  request,
  mayAct,
  onRetry,
  onEnd,
}: {
  readonly id: string;
  readonly request: JobRequest | undefined;
  readonly mayAct: boolean;
  readonly onRetry: (request: JobRequest) => Promise<void>;
  /** It ended while it was looked at. */
  readonly onEnd: () => void;
}) {
  const job = useJob(id);
  const state = job === undefined || job instanceof ReplyError ? undefined : job.state;
  const before = useRef<JobState | undefined>(undefined);
  useEffect(() => {
    if (before.current === 'running' && state !== 'running' && state !== undefined) onEnd();
    before.current = state;
  }, [state]);
  const [refused, setRefused] = useState<ReplyError>();
  if (job === undefined) return <p class="waiting">Loading …</p>;
  if (job instanceof ReplyError) return <Refusal error={job} />;
  const failed = job.items.filter(({ state }) => state === 'failed');
  const giveUp = () => post(`/studio/api/jobs/${id}/cancel`, {}).catch(setRefused);
  const retry = () => {
    if (request === undefined) return;
    const stages = request.stages.filter((stage) => failed.some((item) => item.stage === stage));
    void onRetry({ ...request, stages, subjects: [...new Set(failed.map(({ subject }) => subject))] });
  };
  return (
    <section aria-label="Job">
      <h2>
        Job:{' '}
        <span class={job.state === 'failed' ? 'bad' : job.state === 'done' ? 'good' : undefined}>
          {words[job.state]}
        </span>
      </h2>
      {job.failure !== null && (
        <p class="refusal" role="alert">
          {job.failure}
        </p>
      )}
      {refused !== undefined && <Refusal error={refused} />}
      <StageBars job={job} />
      <div class="row">
        {mayAct && job.state === 'running' && (
          <button type="button" onClick={giveUp}>
            Give up
          </button>
        )}
        {mayAct && job.state !== 'running' && failed.length > 0 && request !== undefined && (
          <button type="button" onClick={retry}>
            Retry {failed.length} failed
          </button>
        )}
      </div>
      <DataTable
        caption="Patients and files of the job"
        columns={itemColumns}
        rows={job.items}
        rowKey={({ stage, subject }) => `${stage} ${subject}`}
        pageSize={20}
        empty="Nothing planned yet."
      />
      <h3>Log</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section class="log" aria-label="Log" tabIndex={0}>
        <pre>{job.log.join('\n')}</pre>
      </section>
    </section>
  );
}

function StageBars({ job }: { readonly job: WatchedJob }) {
  const stages = [...new Set(job.items.map(({ stage }) => stage))];
  return (
    <dl class="stages" aria-live="polite">
      {stages.map((stage) => {
        const own = job.items.filter((item) => item.stage === stage);
        const ended = own.filter(({ state }) => state !== 'waiting').length;
        const failed = own.filter(({ state }) => state === 'failed').length;
        return (
          <div key={stage}>
            <dt>{stage}</dt>
            <dd>
              <progress value={ended} max={own.length} aria-label={`${stage}: ended`} /> {ended} of {own.length}
              {failed > 0 && <span class="bad">, {failed} failed</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

const itemColumns: readonly Column<JobItem>[] = [
  { key: 'stage', title: 'Stage', value: ({ stage }) => stage },
  {
    key: 'subject',
    title: 'Patient or file',
    value: ({ subject }) => subject,
    show: ({ stage, subject }) =>
      stage === 'imaging' ? <a href={`/studio/patient?id=${encodeURIComponent(subject)}`}>{subject}</a> : subject,
  },
  { key: 'state', title: 'State', value: ({ state }) => state },
  { key: 'seconds', title: 'Time (s)', value: ({ seconds }) => seconds, digits: 2 },
  { key: 'reason', title: 'Why', value: ({ reason }) => reason },
];
