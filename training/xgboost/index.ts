export { Booster, type BoosterInput, type BoosterTraining, DMatrix } from './booster.js';
export { loadNativeLibrary, type NativeLibrary } from './native-library.js';
export type { BoosterParameters } from './parameters.js';
