import { availableParallelism } from 'node:os';

/** Native ESM: run with NODE_OPTIONS=--experimental-vm-modules (the npm scripts set it). */
export default {
  // Half of the time is spent waiting for sockets and the database: on two cores two workers took 305 s where Jest's own choice, one, took 509 s.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.(e2e-)?spec\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Its ES modules import JSON in a way that Jest on Node 24 warns of; src takes the CommonJS ones as well.
    '^libphonenumber-js/(core|max|min)$': '<rootDir>/node_modules/libphonenumber-js/$1/index.cjs',
  },
  testTimeout: 30000,
  reporters: ['default', '<rootDir>/test/support/summary-reporter.js'],
  // Each suite that boots the service leaves its modules behind in the worker.
  workerIdleMemoryLimit: '700MB',
};
