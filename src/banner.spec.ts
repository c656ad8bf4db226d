import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { banner, type BannerFacts } from './banner.js';

const FACTS: BannerFacts = {
  version: '1.0.0',
  provider: 'simulator',
  readyInMs: 1432,
  publicUrl: 'http://127.0.0.1:8420',
  operatorsUrl: null,
  authId: 'MADEMODEMODEMODEMO00',
  authToken: '-demo_token',
  adminToken: 'generated-admin-token',
  database: 'sqlite data/masking.db',
  numbers: 5,
  clockAheadMs: 0,
  troubles: [],
};

/** The words that a shell makes of the curl line, with curl itself replaced by a printer. */
function wordsOfCurl(text: string, env: NodeJS.ProcessEnv = {}): string[] {
  const line = text.split('\n').find((each) => each.trimStart().startsWith('curl '));
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the banner', () => {
  it('warns of what is wrong around it, with what to do', () => {
    const troubles = [{ found: 'https://x.example leads to something else', remedy: 'Correct PUBLIC_URL.' }];
    expect(banner({ ...FACTS, troubles })).toContain(`
  Numbers      5 ready

  Warning      https://x.example leads to something else
               Correct PUBLIC_URL.

  Try it:`);
  });

  it('tells everything that a newcomer needs', () => {
    expect(banner(FACTS)).toBe(`
  Masking 1.0.0   SIMULATOR, no real calls   ready in 1.4 s
  Open         http://127.0.0.1:8420/
  Phones       http://127.0.0.1:8420/phones
  Console      http://127.0.0.1:8420/console
  API          http://127.0.0.1:8420/v1/Account/MADEMODEMODEMODEMO00/Masking/Session/
  Docs         http://127.0.0.1:8420/docs
  Auth ID      MADEMODEMODEMODEMO00
  Auth Token   -demo_token
  Admin token  generated-admin-token
  Database     sqlite data/masking.db
  Numbers      5 ready

  Try it:
  curl -u MADEMODEMODEMODEMO00:-demo_token -H 'content-type: application/json' -d '{"first_party":"+14155550123","second_party":"+14155550124"}' http://127.0.0.1:8420/v1/Account/MADEMODEMODEMODEMO00/Masking/Session/

`);
  });

  it('shows no phones beside the real Plivo', () => {
    const text = banner({ ...FACTS, provider: 'plivo', numbers: 0 });
    expect(text).toContain('Masking 1.0.0   Plivo   ready');
    expect(text).toContain('Numbers      none yet');
    expect(text).not.toMatch(/simulator|phones/i);
  });

  it('says how far the clock is ahead, where somebody has moved it', () => {
    expect(banner({ ...FACTS, clockAheadMs: 3_601_000 })).toContain(
      "Clock        1 h 1 min ahead of this machine's, as it was left",
    );
    expect(banner(FACTS)).not.toContain('Clock');
  });

  it('names the source of secrets that were set, instead of showing them', () => {
    const text = banner({ ...FACTS, provider: 'plivo', authToken: null, adminToken: null });
    expect(text).toContain('Auth Token   (from PLIVO_AUTH_TOKEN)');
    expect(text).toContain('Admin token  (from ADMIN_TOKEN)');
  });
});

describe("the banner's curl line", () => {
  it('asks for a session of two parties', () => {
    const words = wordsOfCurl(banner(FACTS));
    expect(words).toEqual([
      '-u',
      'MADEMODEMODEMODEMO00:-demo_token',
      '-H',
      'content-type: application/json',
      '-d',
      '{"first_party":"+14155550123","second_party":"+14155550124"}',
      'http://127.0.0.1:8420/v1/Account/MADEMODEMODEMODEMO00/Masking/Session/',
    ]);
  });

  it('survives odd characters', () => {
    const words = wordsOfCurl(banner({ ...FACTS, authToken: `a'b $HOME "c"`, publicUrl: 'https://x.example.com/a&b' }));
    expect(words[1]).toBe(`MADEMODEMODEMODEMO00:a'b $HOME "c"`);
    expect(words.at(-1)).toBe('https://x.example.com/a&b/v1/Account/MADEMODEMODEMODEMO00/Masking/Session/');
  });

  it('takes a token that was set from the environment of the shell', () => {
    const words = wordsOfCurl(banner({ ...FACTS, authToken: null }), { PLIVO_AUTH_TOKEN: 'from outside' });
    expect(words[1]).toBe('MADEMODEMODEMODEMO00:from outside');
  });
});
