export { type BackendName, backendNames, type MatrixBackend } from './backend.js';
export { transpose } from './blocked-product.js';
export { type BackendChoice, backendChoices, type ChosenBackend, openBackend } from './choose-backend.js';
export { cpuBackend } from './cpu-backend.js';
export { openLapackBackend } from './lapack/lapack-backend.js';
export { type EigenPairs, symmetricEigen } from './symmetric-eigen.js';
export { openWebGpuBackend } from './webgpu/webgpu-backend.js';
