export type { Headers, KeyIdentity } from "./keyring.ts";
export { type Keyring, type KeyringOptions, openKeyring } from "./open-keyring.ts";
export {
  type AdminKey,
  ApiKeyError,
  type IngestKey,
  parseAdminKeys,
  parseIngestKeys,
} from "./parse-keys.ts";
export { isAllowed, ROLES, type Role } from "./roles.ts";
