export { StudioError, type StudioErrorCode, studioErrors } from './errors.js';
export { JobBoard, type JobRunner, type JobWatcher } from './jobs/job-board.js';
export type { JobItem, JobReply, JobRequest, JobStage } from './replies/job-reply.js';
export type { SessionReply } from './replies/session-reply.js';
export type { StudioSources } from './sources.js';
export { studioExtension } from './studio-extension.js';
