export { type ApiKey, createApiKey, type NewApiKey, readApiKeys, revokeApiKey } from './api-keys.js';
export { type Authentication, type AuthenticationOptions, authentication } from './authentication.js';
export { type Caller, type GrantedScope, grantedScopes } from './caller.js';
export type { TokenOptions } from './json-web-tokens.js';
export { assertGuarded, isLoopback } from './open-address.js';
export { type ProtectionOptions, protection } from './protection.js';
export { readTlsFiles, type TlsMaterial } from './tls-files.js';
