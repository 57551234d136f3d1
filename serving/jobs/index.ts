export { type JobsOptions, jobsExtension } from './jobs-extension.js';
