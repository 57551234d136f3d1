export { applySteps, type RowMatrix } from './apply.js';
export type * from './bundle.js';
export { loadBundle, type ManifestDraft, saveBundle, sealBundle } from './bundle-folder.js';
