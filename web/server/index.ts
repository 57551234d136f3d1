export { StudioError, type StudioErrorCode, studioErrors } from './errors.js';
export type { SessionReply } from './replies/session-reply.js';
export type { StudioSources } from './sources.js';
export { studioExtension } from './studio-extension.js';
