import { describe, expect, it } from '@jest/globals';
import { spokenRefusal } from './refusal-speech.js';

describe('what a refused caller hears', () => {
  it.each([
    ['unreadable', 'shows its number in international form'],
    ['locked', 'too many wrong codes'],
    ['wrong-pin', 'code is not right'],
    ['busy', 'busy with another call'],
    ['no-other-party', 'nobody to connect'],
    ['destination', 'cannot be called from here'],
    ['expired', 'connection has ended'],
    ['trouble', 'cannot be connected at the moment'],
  ] as const)('%s: a sentence that says so, in American English, then the end of the call', (reason, words) => {
    const xml = spokenRefusal(reason);
    expect(xml).toMatch(/^<Response><Speak language="en-US">[^<]+<\/Speak><Hangup\/><\/Response>$/);
    expect(xml).toContain(words);
  });

  it("is the account's own text in its own language", () => {
    const xml = spokenRefusal('stranger', { language: 'de-DE', refusals: { stranger: 'Kein Anschluss.' } });
    expect(xml).toBe('<Response><Speak language="de-DE">Kein Anschluss.</Speak><Hangup/></Response>');
    expect(spokenRefusal('busy', { language: 'en-GB', refusals: { stranger: 'x' } })).toMatch(/"en-GB".*busy/);
  });

  it('is silence where the account chose none, with the cause of the end on the line', () => {
    const silent = { language: 'en-US', refusals: { stranger: '', busy: '' } };
    expect(spokenRefusal('stranger', silent)).toBe('<Response><Hangup reason="rejected"/></Response>');
    expect(spokenRefusal('busy', silent)).toBe('<Response><Hangup reason="busy"/></Response>');
  });

  it.each(['spend-cap', 'daily-cap'] as const)('%s: a sentence where the leg is answered already', (reason) => {
    expect(spokenRefusal(reason, undefined, true)).toMatch(/<Speak[^>]*>Sorry, .*<\/Speak><Hangup/);
    const silent = { language: 'en-US', refusals: { [reason]: '' } };
    expect(spokenRefusal(reason, silent, true)).not.toContain('<Speak');
    expect(spokenRefusal('busy', undefined, true)).toBe(spokenRefusal('busy'));
  });

  it.each(['stranger', 'withheld', 'spend-cap', 'daily-cap'] as const)('%s: silence, which costs nothing', (reason) => {
    expect(spokenRefusal(reason)).toBe('<Response><Hangup reason="rejected"/></Response>');
    expect(spokenRefusal(reason, { language: 'en-US', refusals: {} })).toBe(spokenRefusal(reason));
    expect(spokenRefusal(reason, { language: 'en-US', refusals: { [reason]: 'No.' } })).toContain('>No.</Speak>');
  });

  it.each([
    ['its own silence for strangers', { stranger: '' }, 'reason="rejected"'],
    ['its own words for strangers', { stranger: 'Who?' }, 'Who?'],
    ['words of its own', { stranger: '', unreadable: 'Write +1.' }, 'Write +1.'],
    ['nothing', { withheld: '' }, 'in international form'],
  ])('unreadable, of an account with %s', (_has, refusals, words) => {
    expect(spokenRefusal('unreadable', { language: 'en-US', refusals })).toContain(words);
  });
});
