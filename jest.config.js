import { availableParallelism } from 'node:os';

export default {
  // One more than cores was tried: specs that start processes then wait for them longer than they allow.
  maxWorkers: Math.max(2, availableParallelism()),
  runner: '<rootDir>/test/runner/index.mjs',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.(e2e-)?spec\\.ts$',
  // The runner's own hooks do both; this is for Jest's search for related files.
  transform: {},
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 30000,
  reporters: ['default', '<rootDir>/test/support/summary-reporter.js'],
};
