import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { JobListReply, JobReply, JobRequest, RecordedRun } from '../../server/replies/job-reply.js';
import { post, type ReplyError } from '../../session/client.js';
import { Refusal, ReplyView } from '../../session/reply-view.js';
import { allows, useSession } from '../../session/session.js';
import { useReply } from '../../session/use-reply.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { JobForm } from './job-form.js';
import './jobs.css';
import { JobView } from './job-view.js';

/** Pipelines: start them, watch them, see what earlier runs did. */
export function JobsPage() {
  const session = useSession();
  const { query, route } = useLocation();
  const [turn, setTurn] = useState(0);
  const [refused, setRefused] = useState<ReplyError>();
  const list = useReply<JobListReply>('/studio/api/jobs', turn);
  const mayStart = allows(session, 'admin');
  const start = async (request: JobRequest) => {
    try {
      const { id } = await post<JobReply>('/studio/api/jobs', request);
      setRefused(undefined);
      setTurn(turn + 1);
      route(`/studio/jobs?job=${id}`);
    } catch (error) {
      setRefused(error as ReplyError);
    }
  };
  return (
    <>
      <h1>Jobs</h1>
      <p>
        A job reads the raw files of the cohort and writes what it measures into the feature store. A patient whose
        files cannot be used does not stop the others.
      </p>
      <ReplyView reply={list}>
        {({ jobs, notHere, recorded }) => {
          const shown = query.job ?? jobs[0]?.id;
          return (
            <>
              {notHere !== null && <p class="hint">{notHere}.</p>}
              {notHere === null && !mayStart && <p class="hint">Starting a job needs the scope admin.</p>}
              {notHere === null && mayStart && <JobForm onStart={start} />}
              {refused !== undefined && <Refusal error={refused} />}
              {shown !== undefined && (
                <JobView
                  key={shown}
                  id={shown}
                  request={jobs.find(({ id }) => id === shown)?.request}
                  mayAct={mayStart}
                  onRetry={start}
                  onEnd={() => setTurn(turn + 1)}
                />
              )}
              {jobs.length > 1 && <StartedJobs jobs={jobs} />}
              <h2>Runs that the store remembers</h2>
              <DataTable
                caption="Recorded runs of the pipelines"
                columns={runColumns}
                rows={recorded}
                rowKey={({ runId }) => runId}
                empty="No run yet: start a job here, or use thoracle run --cohort DIR --store FILE."
              />
            </>
          );
        }}
      </ReplyView>
    </>
  );
}

function StartedJobs({ jobs }: { readonly jobs: JobListReply['jobs'] }) {
  return (
    <>
      <h2>Started from these pages</h2>
      <ul class="job-list">
        {jobs.map(({ id, request, state, startedAtMs }) => (
          <li key={id}>
            <a href={`/studio/jobs?job=${id}`}>
              {new Date(startedAtMs).toLocaleString('en-GB')}: {request.stages.join(', ')}
              {request.subjects === undefined ? '' : ` (${request.subjects.length} retried)`}
            </a>{' '}
            {state}
          </li>
        ))}
      </ul>
    </>
  );
}

const count = (stage: string): Column<RecordedRun> => ({
  key: stage,
  title: `${stage}: done / failed / passed by`,
  value: ({ counts }) =>
    counts[`${stage}Done`] === undefined
      ? null
      : [counts[`${stage}Done`], counts[`${stage}Failed`], counts[`${stage}Skipped`]].map((n) => n ?? 0).join(' / '),
});

const runColumns: readonly Column<RecordedRun>[] = [
  {
    key: 'started',
    title: 'Started',
    value: ({ startedAtMs }) => new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' '),
  },
  {
    key: 'status',
    title: 'Status',
    value: ({ status, failure }) => (failure === null ? status : `${status}: ${failure}`),
  },
  { key: 'seconds', title: 'Time (s)', value: ({ durationSeconds }) => durationSeconds, digits: 1 },
  count('clinical'),
  count('genomic'),
  count('imaging'),
  {
    key: 'failed',
    title: 'Failed patients',
    value: ({ failed }) =>
      failed.length === 0 ? null : failed.map(({ patient, reason }) => `${patient}: ${reason}`).join('; '),
    show: ({ failed }) =>
      failed.length === 0 ? (
        '–'
      ) : (
        <details>
          <summary>{failed.length}</summary>
          <ul>
            {failed.map(({ patient, reason }) => (
              <li key={patient}>
                <a href={`/studio/patient?id=${encodeURIComponent(patient)}`}>{patient}</a>: {reason}
              </li>
            ))}
          </ul>
        </details>
      ),
  },
];
