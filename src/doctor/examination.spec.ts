import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../test/support/eventually.js';
import { Clock } from '../platform/clock.js';
import { createLogger } from '../platform/logging/logger.js';
import { readConfig } from '../platform/settings/config.js';
import { Examination, type KnownCheck } from './examination.js';
import { CHECK_NAMES } from './examine.js';
import { patientFromInside } from './patient.js';

const AUTH_ID = 'MASERVICETESTTEST000';

// A process whose database is away, and whose Plivo answers when it is told to.
describe('Examination', () => {
  let folder: string;
  let clock: Clock;
  let asked: number;
  let answer: (name: string) => void;
  let examination: Examination;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masking-'));
    clock = new Clock();
    asked = 0;
    const plivo = {
      readAccount: () => {
        asked += 1;
        return new Promise((resolve) => (answer = (name) => resolve({ name, cashCredits: 5, billingMode: 'prepaid' })));
      },
    };
    const config = readConfig({
      DATA_DIR: folder,
      PROVIDER: 'simulator',
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: 'x'.repeat(40),
    });
    const parts = { config, clock, plivo, database: null, crypto: null, access: null, listing: null, store: {} };
    examination = new Examination(patientFromInside(parts as never), createLogger({ level: 'silent', format: 'json' }));
  });

  afterEach(() => {
    answer('x');
    examination.onModuleDestroy();
    rmSync(folder, { recursive: true });
  });

  const of = (name: string): KnownCheck | undefined => examination.known().find((check) => check.name === name);
  const arrived = (): Promise<void> =>
    eventually(() =>
      expect(examination.known().flatMap(({ name, isRunning }) => (isRunning ? [name] : []))).toEqual([
        'plivo-credentials',
      ]),
    );

  it('says at once what is known, and of what is asked elsewhere that it is under way', async () => {
    expect([...new Set(examination.known().map(({ name }) => name))]).toEqual(CHECK_NAMES);
    await arrived();
    expect(of('plivo-credentials')).toEqual({ name: 'plivo-credentials', result: null, at: null, isRunning: true });
    expect(of('node')).toMatchObject({ isRunning: false, result: { verdict: 'ok' } });
    expect(asked).toBe(1);

    answer('Corner shop');
    await eventually(() =>
      expect(of('plivo-credentials')).toMatchObject({
        isRunning: false,
        result: { verdict: 'ok', found: `Plivo lets ${AUTH_ID} (Corner shop) in` },
      }),
    );
    expect(asked).toBe(1);
  });

  it('keeps saying what was found before while it looks again, with its time', async () => {
    examination.known();
    await arrived();
    answer('Corner shop');
    await eventually(() => expect(of('plivo-credentials')?.isRunning).toBe(false));
    const before = of('plivo-credentials');
    expect(before?.at).toBeGreaterThan(clock.now() - 60_000);

    clock.advance(14_000);
    expect(of('plivo-credentials')?.isRunning).toBe(false);
    clock.advance(2_000);
    expect(of('plivo-credentials')).toEqual({ ...before, isRunning: true });
    await eventually(() => expect(asked).toBe(2));
    answer('Other shop');
    await eventually(() => expect(of('plivo-credentials')?.result?.found).toContain('Other shop'));
    expect(of('plivo-credentials')?.at).toBeGreaterThan(before?.at ?? Infinity);
  });

  it('has what the look around at the start found, and is not asked twice for it', async () => {
    const watching = examination.watch();
    await eventually(() => expect(asked).toBe(1));
    expect(of('plivo-credentials')?.isRunning).toBe(true);
    answer('Corner shop');
    await watching;
    expect(asked).toBe(1);
    expect(examination.lastWatched.map(({ name }) => name)).toContain('plivo-credentials');
    expect(of('plivo-credentials')?.result?.found).toContain('Corner shop');
  });
});
