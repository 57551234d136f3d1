/** The door to bundles on disk, apart from `index.ts`, which runs in a browser too. */
export { bundleArchive } from './bundle-archive.js';
export {
  assertBundlePlace,
  loadBeside,
  loadBundle,
  loadCard,
  type ManifestDraft,
  type MemberDraft,
  saveBundle,
  sealBundle,
} from './bundle-folder.js';
