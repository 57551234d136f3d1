/** The door to bundles on disk, apart from `index.ts`, which runs in a browser too. */
export {
  assertBundlePlace,
  loadBundle,
  loadCard,
  type ManifestDraft,
  type MemberDraft,
  saveBundle,
  sealBundle,
} from './bundle-folder.js';
