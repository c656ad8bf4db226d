import { describe, expect, it } from '@jest/globals';
import { DEMO_NUMBERS } from './index.js';
import { readStandaloneSettings, standaloneHelp } from './standalone-settings.js';

describe('the settings of a simulated Plivo in a process of its own', () => {
  it('need none to be given', () => {
    expect(readStandaloneSettings({ PORT: '' })).toEqual({
      host: '127.0.0.1',
      port: 8421,
      publicUrl: 'http://127.0.0.1:8421',
      authId: 'MASIMULATEDPLIVO0000',
      authToken: 'simulated-plivo-no-secret',
      isTokenGiven: false,
      answerUrl: 'http://127.0.0.1:8420/plivo/MASIMULATEDPLIVO0000/answer#ct=2000&rt=5000&rc=2&rp=all',
      hangupUrl: 'http://127.0.0.1:8420/plivo/MASIMULATEDPLIVO0000/hangup#ct=2000&rt=5000&rc=5&rp=all',
      messageUrl: 'http://127.0.0.1:8420/plivo/MASIMULATEDPLIVO0000/message',
      numbers: DEMO_NUMBERS,
    });
  });

  it('send webhooks to the service, except to addresses of their own', () => {
    const given = {
      SERVICE_URL: 'https://mask.example.com/x/',
      PLIVO_AUTH_ID: 'MAXXXXXXXXXXXXXXXXXX',
      HANGUP_URL: 'http://elsewhere.example.com/end?of=call#rc=1',
    };
    expect(readStandaloneSettings(given)).toMatchObject({
      answerUrl: 'https://mask.example.com/x/plivo/MAXXXXXXXXXXXXXXXXXX/answer#ct=2000&rt=5000&rc=2&rp=all',
      hangupUrl: 'http://elsewhere.example.com/end?of=call#rc=1',
    });
  });

  it.each([
    [{ HOST: '0.0.0.0', PORT: '9000' }, 'http://127.0.0.1:9000'],
    [{ HOST: '::1' }, 'http://[::1]:8421'],
    [{ HOST: '0.0.0.0', PUBLIC_URL: 'http://plivo.test:80/p/' }, 'http://plivo.test/p'],
  ])('with %j are reached at %s', (env, publicUrl) => {
    expect(readStandaloneSettings(env)).toMatchObject({ publicUrl });
  });

  it('rent the numbers that are named', () => {
    const { numbers } = readStandaloneSettings({ NUMBERS: '14155550100, +442079460001' });
    expect(numbers).toEqual([
      { number: '14155550100', services: ['voice', 'sms', 'mms'] },
      { number: '442079460001', services: ['voice', 'sms'] },
    ]);
  });

  it('that are wrong are told at once, without a token', () => {
    const wrong = {
      HOST: 'a b',
      PORT: '0',
      PUBLIC_URL: 'here',
      PLIVO_AUTH_ID: 'SAXXXXXXXXXXXXXXXXXX',
      PLIVO_AUTH_TOKEN: 'with space',
      SERVICE_URL: 'localhost',
      ANSWER_URL: 'x',
      HANGUP_URL: 'ftp://x',
      NUMBERS: '12',
    };
    const names = Object.keys(wrong).join('[^]*');
    expect(() => readStandaloneSettings(wrong)).toThrow(new RegExp(names));
    expect(() => readStandaloneSettings(wrong)).not.toThrow(/with space/);
  });

  it('are all in the help', () => {
    const named = [...standaloneHelp().matchAll(/^ {2}([A-Z_]+) +\S/gm)].map(([, name]) => name);
    expect(named).toEqual([
      'HOST',
      'PORT',
      'PUBLIC_URL',
      'PLIVO_AUTH_ID',
      'PLIVO_AUTH_TOKEN',
      'SERVICE_URL',
      'ANSWER_URL',
      'HANGUP_URL',
      'NUMBERS',
    ]);
  });
});
