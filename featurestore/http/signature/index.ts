export {
  type Access,
  type AccessKey,
  accessKeysOfEnvironment,
  accessKeyVariables,
  createAccessKeyFile,
  readAccessKeys,
} from './access-keys.js';
export type { RequestToVerify } from './canonical-request.js';
export { SignatureError, type SignatureErrorName, signatureErrors } from './errors.js';
export {
  type Caller,
  clockSkewMinutes,
  createSignatureVerifier,
  type SignatureVerifier,
  type VerifierOptions,
} from './verify.js';
