import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { request } from 'undici';
import { findChromium, launch, openPage, violations, type Watched } from './support/browser.js';
import { startProcess, temporaryFolder, type ServiceProcess } from './support/process.js';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const FIRST_ROUTE_BYTES = 170 * 1024;
const chromium = findChromium();

/** One service as a newcomer starts it: nothing set, SQLite, the demo account. The pages speak to it over HTTP, as on every database. */
describe('the pages', () => {
  let service: ServiceProcess;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    service = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn' });
  }, 60_000);

  afterAll(async () => {
    await service.stop();
    await remove();
  });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await request(service.baseUrl + path, { headers });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString() };
  };
  const filesOf = (html: string): string[] =>
    [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => `/${file ?? ''}`);

  describe.each(['/', '/phones'])('%s', (path) => {
    it('is a 404 to programs', async () => {
      for (const headers of [{}, { accept: 'application/json' }, { accept: '*/*' }] as Record<string, string>[]) {
        const answer = await get(path, headers);
        expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, 'not_found']);
      }
    });

    it('is kept by nobody, may be framed by nobody, and has nothing inline', async () => {
      const { status, headers, text } = await get(path, HTML);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        vary: 'accept',
      });
      const policy = String(headers['content-security-policy']);
      for (const words of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
        expect(policy).toContain(words);
      expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
      expect(text).not.toMatch(/(?:src|href)="(?!\.\/)/);
    });

    it('has files that are kept for ever, compressed before anybody asks', async () => {
      const { text } = await get(path, HTML);
      const files = filesOf(text);
      expect(files.length).toBeGreaterThan(2);
      let sum = 0;
      for (const file of files) {
        const plain = await get(file, { 'accept-encoding': 'identity' });
        expect(plain.headers).toMatchObject({
          'cache-control': 'public, max-age=31536000, immutable',
          'x-content-type-options': 'nosniff',
          vary: 'accept-encoding',
        });
        const gzip = await get(file, { 'accept-encoding': 'gzip' });
        const isPacked = gzip.headers['content-encoding'] === 'gzip';
        expect(isPacked).toBe(plain.bytes.length >= 1000);
        if (isPacked) expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true);
        const best = await get(file, { 'accept-encoding': 'gzip, br;q=0.9' });
        expect(best.headers['content-encoding']).toBe(isPacked ? 'br' : undefined);
        const refused = await get(file, { 'accept-encoding': 'br;q=0, gzip;q=0' });
        expect(refused.headers['content-encoding']).toBeUndefined();
        sum += gzip.bytes.length;
      }
      expect(sum).toBeLessThanOrEqual(FIRST_ROUTE_BYTES);
    });
  });

  it('have no file but their own', async () => {
    for (const name of ['..%2findex.html', '%2e%2e/pages.json', 'nothing.js', '__proto__', '.built'])
      expect((await get(`/assets/${name}`)).status).toBe(404);
  });

  it('are found with a slash behind', async () => {
    const { status, headers } = await get('/phones/', HTML);
    expect([status, headers['location']]).toEqual([308, '../phones']);
  });

  it('may use the account that the first start made up', async () => {
    const { status, headers, text } = await get('/simulator/control/demo-account');
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    const { auth_id: id, auth_token: token } = JSON.parse(text) as Record<string, string>;
    expect(service.output()).toContain(`-u ${id}:${token} `);
  });

  describe('beside the real Plivo', () => {
    let real: ServiceProcess;
    let removeReal: () => Promise<void>;

    beforeAll(async () => {
      const folder = await temporaryFolder();
      removeReal = folder.remove;
      const account = { PLIVO_AUTH_ID: 'MAXXXXXXXXXXXXXXXXXX', PLIVO_AUTH_TOKEN: 'nobodys-token-nobodys-token-000' };
      const nowhere = { PLIVO_API_URL: 'http://127.0.0.1:9', SYNC_NUMBERS: 'false' };
      real = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'fatal', ...account, ...nowhere });
    }, 60_000);

    afterAll(async () => {
      await real.stop();
      await removeReal();
    });

    it('there are no phones, and the start page tells no credentials', async () => {
      const ask = async (path: string) => {
        const answer = await request(real.baseUrl + path, { headers: HTML });
        return { status: answer.statusCode, text: await answer.body.text() };
      };
      expect((await ask('/phones')).status).toBe(404);
      expect((await ask('/simulator/control/demo-account')).status).toBe(404);
      const start = await ask('/');
      expect(start.status).toBe(200);
      expect(start.text).toContain('&quot;provider&quot;:&quot;plivo&quot;');
      expect(start.text).not.toMatch(/MAXXXX|nobodys/);
    });
  });

  (chromium === null ? describe.skip : describe)('in a browser', () => {
    let browser: Browser;
    const opened: Watched[] = [];

    beforeAll(async () => {
      browser = await launch(chromium ?? '');
    }, 30_000);

    afterAll(async () => {
      await browser.close();
    });

    const open = async (path: string, options: { width?: number; colorScheme?: 'light' | 'dark' } = {}) => {
      const watched = await openPage(browser, { url: service.baseUrl + path, width: 1440, ...options });
      opened.push(watched);
      await watched.page.waitForSelector('h1');
      return watched;
    };
    const face = (role: string, kind: string): string => `.phone[data-role=${role}][data-face=${kind}]`;
    const isDone = (step: number): string => `.guide li:nth-child(${step})[data-state=done]`;

    it('`/` says what runs here and leads to the phones', async () => {
      const { page, context } = await open('/');
      await page.getByText('well: the database answers').waitFor();
      const text = await page.locator('main').innerText();
      expect(text).toContain('a simulator of Plivo');
      expect(text).toMatch(/curl -u MADEMODEMODEMODEMO00:\S{20,}/);
      await page.getByRole('button', { name: 'Copy the curl line' }).click();
      expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^curl -u MADEMO.*\/Session\/$/);
      await page.getByRole('link', { name: 'Open the phones' }).click();
      await page.waitForURL('**/phones');
      await context.close();
    });

    it('the guide passes by mouse: the second phone rings with the virtual number', async () => {
      const { page, context } = await open('/phones');
      await page.getByRole('button', { name: 'Create a session' }).click();
      await page.locator(isDone(1)).waitFor();
      await page.getByRole('button', { name: 'Call from the first party' }).click();
      await page.locator(face('second', 'ringing')).waitFor();

      expect(await page.locator('.phone[data-role=second] .shown').innerText()).toBe('+1 415 555 0100');
      expect(await page.locator('.phone[data-role=second]').innerText()).toContain(
        'The number of the first party was never sent.',
      );
      expect(await page.locator('.lane[data-part=stops]').innerText()).toMatch(/\+1 415 555 0123\s+stops here/);
      expect(await page.locator('.lane[data-part=goes]').innerText()).toMatch(/\+1 415 555 0100\s+goes on/);
      await page
        .getByText('The phone of the second party rings and shows +1 415 555 0100.')
        .waitFor({ state: 'attached' });

      await page.getByRole('button', { name: 'Answer on the phone of the second party' }).click();
      await page.locator(face('first', 'talking')).waitFor();
      await page.getByRole('button', { name: 'Hang up on the phone of the first party' }).click();
      await page.locator(isDone(4)).waitFor();
      await page.getByRole('tab', { name: 'Your callbacks' }).click();
      await page.locator(isDone(5)).waitFor();
      await page.getByRole('heading', { name: 'Now with your Plivo account' }).waitFor();
      await page.locator('.entries strong', { hasText: 'SessionPartiesHangup' }).waitFor();
      expect(await page.getByText('signature V3 valid').count()).toBe(await page.locator('.entries details').count());

      await page.getByRole('tab', { name: 'Plivo’s webhooks' }).click();
      await page.locator('.entries summary').first().click();
      expect(await page.locator('.panel').innerText()).toMatch(/signature right[\s\S]*CallUUID[\s\S]*<Dial/);
      await page.getByRole('tab', { name: 'The session as stored' }).click();
      expect(await page.locator('.panel').innerText()).toContain('"second_party": "442079460958"');
      await context.close();
    }, 20_000);

    it('the guide passes by keyboard alone, by Tab and Enter and by letters', async () => {
      const { page, context } = await open('/phones');
      await page.locator('.guide button:not(:disabled)').waitFor();
      for (let presses = 0; presses < 20; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate("document.activeElement.closest('.guide') !== null")) break;
      }
      for (const step of [1, 2]) {
        if (step === 2) await page.locator('.guide button:has-text("Call")').waitFor();
        await page.keyboard.press('Enter');
        await page.locator(isDone(step)).waitFor();
      }
      await page.keyboard.press('a');
      await page.locator(isDone(3)).waitFor();
      await page.keyboard.press('Enter');
      await page.locator(isDone(4)).waitFor();
      await page.keyboard.press('r');
      await page.locator(isDone(5)).waitFor();
      expect(await page.getByRole('tab', { name: 'Your callbacks' }).getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await context.close();
    }, 20_000);

    it('a stranger reaches nobody; with the right PIN, shown as dots, it reaches the second party', async () => {
      const { page, context } = await open('/phones');
      await page.getByRole('button', { name: 'Create a session' }).click();
      await page.locator(isDone(1)).waitFor();
      await page.getByRole('button', { name: 'Call the virtual number from the phone of the stranger' }).click();
      await page.locator(face('stranger', 'ended')).waitFor();
      expect(await page.locator('.exchange').innerText()).toContain('No phone rings');
      expect(await page.locator('.phone[data-face=ringing]').count()).toBe(0);

      await page.getByRole('button', { name: 'Let strangers in by PIN' }).click();
      await page.getByText('Every other PIN is refused').waitFor();
      await page.getByRole('button', { name: 'Call the virtual number from the phone of the stranger' }).click();
      await page.locator(face('stranger', 'pin')).waitFor();
      await page.locator('.phone[data-role=stranger] .captions', { hasText: 'please-type-your-pin' }).waitFor();
      await page.keyboard.type('12');
      await page.getByText('2 digits typed').waitFor();
      expect(await page.locator('.dots').innerText()).toBe('●●○○');
      await page.keyboard.type('34');
      await page.locator(face('second', 'ringing')).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Decline on the phone of the second party' }).click();
      await page.locator(face('stranger', 'ended')).waitFor();
      await context.close();
    }, 20_000);

    it('each thing that goes wrong says what happened and what governs it', async () => {
      const { page, context } = await open('/phones');
      await page.getByRole('button', { name: 'Create a session' }).click();
      await page.locator(isDone(1)).waitFor();
      const outcomes: [string, RegExp][] = [
        ['Use up the pool', /2 more sessions got a number[\s\S]*exhausted/],
        ['Lose a webhook', /rc in the hangup_url/],
        ['Two spellings of one phone', /It is the same person/],
        ['Expire now', /The clock was moved[\s\S]*session_expiry/],
        ['Let five minutes pass', /five minutes further ahead/],
      ];
      for (const [name, words] of outcomes) {
        await page.getByRole('button', { name }).click();
        await page.locator('.outcome', { hasText: words }).waitFor();
      }
      expect(await page.locator('.exchange').innerText()).toContain('Session over');
      await page.getByText(/The clock is 1 h \d+ min ahead of real time/).waitFor();
      await context.close();
    }, 30_000);

    it('says so when the service is away, and goes on when it is back', async () => {
      const { page, context } = await open('/phones');
      await page.locator('.bar .chip[data-kind=connected]').waitFor();
      await context.route('**/simulator/control/**', (route) => route.abort());
      await page.reload();
      await page.getByText('The service has not answered since').waitFor();
      await context.unrouteAll();
      await page.getByText('The service has not answered since').waitFor({ state: 'hidden' });
      await context.close();
    }, 20_000);

    it.each([
      [1440, 'light'],
      [1440, 'dark'],
      [390, 'light'],
      [390, 'dark'],
    ] as const)(
      'axe finds nothing at %i px in the %s theme',
      async (width, colorScheme) => {
        const start = await open('/', { width, colorScheme });
        await start.page.getByText('well: the database').waitFor();
        expect(await violations(start)).toEqual([]);
        expect(await overflow(start)).toBe(0);
        await start.context.close();

        const phones = await open('/phones', { width, colorScheme });
        const { page } = phones;
        await page.locator('.guide button:not(:disabled)').waitFor();
        expect(await violations(phones)).toEqual([]);
        await page.keyboard.press('n');
        await page.locator(isDone(1)).waitFor();
        await page.keyboard.press('c');
        await page.locator(face('second', 'ringing')).waitFor();
        expect(await violations(phones)).toEqual([]);
        await page.keyboard.press('a');
        await page.locator(face('second', 'talking')).waitFor();
        await page.keyboard.press('h');
        await page.locator(isDone(4)).waitFor();
        await page.keyboard.press('r');
        await page.locator(isDone(5)).waitFor();
        expect(await violations(phones)).toEqual([]);
        expect(await overflow(phones)).toBe(0);
        await page.keyboard.press('?');
        await page.getByRole('dialog').waitFor();
        expect(await violations(phones)).toEqual([]);
        await phones.context.close();
      },
      30_000,
    );

    it('nothing was asked of another origin, and nothing was forbidden', () => {
      expect(opened.length).toBeGreaterThan(8);
      expect(opened.flatMap(({ foreign }) => foreign)).toEqual([]);
      // The browser tells of each refused request and of the network that was switched off.
      const told = opened.flatMap(({ errors }) => errors).filter((text) => !text.startsWith('Failed to load resource'));
      expect(told).toEqual([]);
    });

    /** By how many pixels the page is wider than its window. */
    function overflow({ page }: Watched): Promise<number> {
      return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    }
  });
});
