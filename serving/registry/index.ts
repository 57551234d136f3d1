export { type Following, type FollowOptions, followRegistry } from './follow-registry.js';
export { promoteModel, registerModel, rollBackModel } from './registry.js';
export {
  type ModelStage,
  type RegisteredModel,
  type RegisteredVersion,
  type RegistryContent,
  readRegistry,
} from './registry-file.js';
