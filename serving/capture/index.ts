export { type Capture, type CaptureOptions, openCapture } from './capture-extension.js';
export type { CapturedRow } from './captured-row.js';
