/** Secrets of the keys that a test pipeline takes; long enough for the apps, and no secrets at all. */
export const TEST_KEYS = {
  ingest: "test-ingest-key-0123456789abcdef",
  admin: "test-admin-key-0123456789abcdef0",
  operator: "test-operator-key-0123456789abcd",
  viewer: "test-viewer-key-0123456789abcdef",
  moog: "test-moog-key-0123456789abcdef01",
} as const;
