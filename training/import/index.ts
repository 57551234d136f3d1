export { type ArchiveLimits, readArchive, writeArchive } from '../bundle/archive.js';
export { type FoundArtifact, findXgboostArtifact } from './find-artifact.js';
export { type ImportOptions, importedBundle } from './imported-bundle.js';
export { type ArtifactForm, readXgboostArtifact, type XgboostArtifact } from './read-artifact.js';
