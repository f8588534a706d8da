/** Jest 30 on ESM with SWC; `#libs/*` resolves to the sources through the `qiao-source` condition. */
const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['qiao-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
  setupFiles: ['reflect-metadata'],
};
/** Suites that start processes: slow machines must not fail them. */
const patient = { setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'] };
const project = (displayName, testMatch, extra = {}) => ({ ...shared, displayName, testMatch, ...extra });

export default {
  projects: [
    project('unit', [
      '<rootDir>/libs/**/*.spec.ts',
      '<rootDir>/apps/viewer/**/*.spec.ts',
      '<rootDir>/test/architecture/*.spec.ts',
    ]),
    project('contract', ['<rootDir>/test/contract/*.spec.ts'], patient),
    project('e2e', ['<rootDir>/test/e2e/*.spec.ts'], {
      ...patient,
      setupFiles: [...shared.setupFiles, '<rootDir>/test/support/own-bucket.ts'],
    }),
    project('browser', ['<rootDir>/test/browser/*.spec.ts'], patient),
    project('data', ['<rootDir>/test/data/*.spec.ts'], patient),
    project('services', ['<rootDir>/test/services/*.spec.ts'], patient),
    project('soak', ['<rootDir>/test/soak/*.spec.ts'], patient),
  ],
};
