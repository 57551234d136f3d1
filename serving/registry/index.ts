export { type Following, type FollowOptions, followRegistry } from './follow-registry.js';
export { archiveModel, modelOf, placeOfVersion, promoteModel, registerModel, rollBackModel } from './registry.js';
export type {
  ChecklistLine,
  RegistryChange,
  RegistryModelDetail,
  RegistryModelSummary,
  RegistryModels,
  RegistryVersionDetail,
  VersionPapers,
} from './registry-answers.js';
export { type RegistryExtensionOptions, registryExtension } from './registry-extension.js';
export {
  type ModelStage,
  type RegisteredModel,
  type RegisteredVersion,
  type RegistryAction,
  type RegistryContent,
  type RegistryEvent,
  readRegistry,
} from './registry-file.js';
