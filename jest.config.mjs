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
const project = (displayName, testMatch, extra = {}) => ({ ...shared, displayName, testMatch, ...extra });

export default {
  projects: [
    project('unit', ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/test/architecture/*.spec.ts']),
    project('contract', ['<rootDir>/test/contract/*.spec.ts']),
    project('e2e', ['<rootDir>/test/e2e/*.spec.ts']),
    project('browser', ['<rootDir>/test/browser/*.spec.ts']),
    project('data', ['<rootDir>/test/data/*.spec.ts']),
    project('soak', ['<rootDir>/test/soak/*.spec.ts']),
  ],
};
