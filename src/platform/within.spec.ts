import { describe, expect, it } from '@jest/globals';
import { within } from './within.js';

const never = new Promise<string>(() => undefined);

describe('work within a limit', () => {
  it('is what it comes to, whichever way it ends', async () => {
    expect(await within(60_000, Promise.resolve('done'), () => 'late')).toBe('done');
    await expect(within(60_000, Promise.reject(new Error('failed')), () => 'late')).rejects.toThrow('failed');
  });

  it('is what is made of the delay when it takes longer', async () => {
    expect(await within(1, never, () => 'late')).toBe('late');
    const refuse = (): never => {
      throw new Error('no answer in time');
    };
    await expect(within(1, never, refuse)).rejects.toThrow('no answer in time');
  });

  it('may fail when nobody waits any more', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<string>((_, reject) => (fail = reject));
    expect(await within(1, work, () => 'late')).toBe('late');
    fail(new Error('failed afterwards'));
    await new Promise(setImmediate);
  });

  it('keeps no timer once it has ended', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();
    await within(60_000, Promise.resolve('done'), () => 'late');
    expect(timers()).toBe(before);
  });
});
