import { jestExpect } from '@jest/expect';
import { ModernFakeTimers } from '@jest/fake-timers';
import * as circus from 'jest-circus';

/** What specs import from `@jest/globals`: Jest's own, without its module registry. */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } = circus;
export const expect = jestExpect;
export const jest = new ModernFakeTimers({ global: globalThis, config: { fakeTimers: {} } });
