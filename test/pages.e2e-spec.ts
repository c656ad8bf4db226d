import { readdirSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { request } from 'undici';
import { findChromium, launch, openPage, overflow, violations, type Watched } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { ADMIN_TOKEN, startProcess, temporaryFolder, type ServiceProcess } from './support/process.js';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const FIRST_ROUTE_BYTES = 170 * 1024;
/** Of all three pages with every part that is loaded later. */
const WHOLE_BYTES = 300 * 1024;
const chromium = findChromium();

/** One service as a newcomer starts it: nothing set, SQLite, the demo account. The pages speak to it over HTTP, as on every database. */
describe('the pages', () => {
  let service: ServiceProcess;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    service = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn', ADMIN_TOKEN });
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

  describe.each(['/', '/phones', '/console'])('%s', (path) => {
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

  it('are 300 kB at the most, with everything that somebody may open', () => {
    const folder = new URL('../dist/web/assets/', import.meta.url);
    const names = readdirSync(folder);
    const sizes = names
      .filter((name) => !/\.(?:gz|br)$/.test(name))
      .map((name) => statSync(new URL(names.includes(`${name}.gz`) ? `${name}.gz` : name, folder)).size);
    expect(sizes.length).toBeGreaterThan(20);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(WHOLE_BYTES);
  });

  it('have no file but their own', async () => {
    for (const name of ['..%2findex.html', '%2e%2e/pages.json', 'nothing.js', '__proto__', '.built'])
      expect((await get(`/assets/${name}`)).status).toBe(404);
  });

  it('are found with a slash behind', async () => {
    const { status, headers } = await get('/phones/', HTML);
    expect([status, headers['location']]).toEqual([308, '../phones']);
  });

  it('of the console are found by any path below it, which is led behind the hash', async () => {
    for (const [path, leads] of [
      ['/console/', '../console'],
      ['/console/calls/1?outcome=busy', '../../console#/calls/1?outcome=busy'],
      ['/console//elsewhere.example/x', '../../../console#//elsewhere.example/x'],
    ] as const) {
      const { status, headers } = await get(path, HTML);
      expect([status, headers['location']]).toEqual([302, leads]);
      expect(new URL(leads, service.baseUrl + path).pathname).toBe('/console');
    }
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
      expect(start.text).toContain('&quot;isProduction&quot;:false');
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
      await page.locator('main', { hasText: 'a simulator of Plivo' }).waitFor();
      // The account is asked for by itself.
      await page.locator('main', { hasText: /curl -u MADEMODEMODEMODEMO00:\S{20,}/ }).waitFor();
      await page.getByRole('button', { name: 'Copy the curl line' }).click();
      await eventually(async () =>
        expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^curl -u MADEMO.*\/Session\/$/),
      );
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

      await eventually(async () => {
        expect(await page.locator('.phone[data-role=second] .shown').innerText()).toBe('+1 415 555 0100');
        expect(await page.locator('.phone[data-role=second]').innerText()).toContain(
          'The number of the first party was never sent.',
        );
        expect(await page.locator('.lane[data-part=stops]').innerText()).toMatch(/\+1 415 555 0123\s+stops here/);
        expect(await page.locator('.lane[data-part=goes]').innerText()).toMatch(/\+1 415 555 0100\s+goes on/);
      });
      await page
        .getByText('The phone of the second party rings and shows +1 415 555 0100.')
        .waitFor({ state: 'attached' });

      await page.getByRole('button', { name: 'Answer on the phone of the second party' }).click();
      await page.locator(face('first', 'talking')).waitFor();
      await page.getByRole('button', { name: 'Hang up on the phone of the first party' }).click();
      await page.locator(isDone(4)).waitFor();
      await page.getByRole('button', { name: 'Write from the first party' }).click();
      await page.locator(isDone(5)).waitFor();
      await page.getByRole('tab', { name: 'Your callbacks' }).click();
      await page.locator(isDone(6)).waitFor();
      await page.getByRole('heading', { name: 'Now with your Plivo account' }).waitFor();
      await page.locator('.entries strong', { hasText: 'SessionPartiesHangup' }).waitFor();
      // Those of the text may still come: each has its mark from the start.
      expect(await page.locator('.entries details', { hasNotText: 'signature V3 valid' }).count()).toBe(0);

      await page.getByRole('tab', { name: 'Plivo’s webhooks' }).click();
      await page.locator('.entries summary').first().click();
      const panel = page.locator('.panel');
      await eventually(async () =>
        expect(await panel.innerText()).toMatch(/signature right[\s\S]*CallUUID[\s\S]*<Dial/),
      );
      await page.getByRole('tab', { name: 'The session as stored' }).click();
      await panel.getByText('"second_party": "33639980158"').waitFor();
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
      await page.keyboard.press('m');
      await page.locator(isDone(5)).waitFor();
      await page.keyboard.press('r');
      await page.locator(isDone(6)).waitFor();
      await page.getByRole('tab', { name: 'Your callbacks', selected: true }).waitFor();
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
      await page.locator('.exchange', { hasText: 'No phone rings' }).waitFor();
      expect(await page.locator('.phone[data-face=ringing]').count()).toBe(0);

      await page.getByRole('button', { name: 'Let strangers in by PIN' }).click();
      await page.getByText('Every other PIN is refused').waitFor();
      await page.getByRole('button', { name: 'Call the virtual number from the phone of the stranger' }).click();
      await page.locator(face('stranger', 'pin')).waitFor();
      await page.locator('.phone[data-role=stranger] .captions', { hasText: 'please-type-your-pin' }).waitFor();
      await page.keyboard.type('12');
      await page.getByText('2 digits typed').waitFor();
      await page.locator('.dots', { hasText: /^●●○○$/ }).waitFor();
      await page.keyboard.type('34');
      await page.locator(face('second', 'ringing')).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Decline on the phone of the second party' }).click();
      await page.locator(face('stranger', 'ended')).waitFor();
      await context.close();
    }, 20_000);

    it('people write to each other: each sees the virtual number, and what became of the text; STOP is kept', async () => {
      const { page, context } = await open('/phones');
      await page.getByRole('button', { name: 'Create a session' }).click();
      await page.locator(isDone(1)).waitFor();
      const at = (role: string) => page.locator(`.phone[data-role=${role}]`);
      const write = async (role: string, text: string) => {
        await at(role).locator('.texts input[type=text]').fill(text);
        await page.keyboard.press('Enter');
      };
      /** The list shows what the simulator has taken. */
      const outcome = async (which: string) => {
        const list = at('second').getByLabel('When a text comes');
        await list.selectOption(which);
        await eventually(async () => expect(await list.inputValue()).toBe(which));
      };
      await write('first', 'Where are you?');
      const arrived = at('second').locator('.bubble[data-own=false]');
      await eventually(async () => expect(await arrived.innerText()).toMatch(/^\+1 415 555 0100\s+Where are you\?$/));
      await at('first').locator('[data-tick=delivered]').waitFor();

      await outcome('failed');
      await write('first', 'Hello?');
      await at('first').locator('[data-tick=failed]', { hasText: 'not delivered' }).waitFor();
      await outcome('delivered');
      await write('stranger', 'Anybody?');
      await at('stranger').locator('[data-tick=failed]', { hasText: 'passed on to nobody' }).waitFor();

      await page.getByRole('tab', { name: 'Plivo’s webhooks' }).click();
      await page.getByText('Our request: send a text').first().click();
      await eventually(async () =>
        expect(await page.locator('.panel').innerText()).toMatch(/signature right[\s\S]*dst\s+\+?336399801\d\d/),
      );
      await page.getByRole('tab', { name: 'Timeline' }).click();
      await page.getByText(/Plivo: the text to \+33 [\d ]+ is delivered/).waitFor();

      await page.getByRole('button', { name: 'Say STOP' }).click();
      await at('first').locator('[data-tick=failed]', { hasText: 'the other wants no texts' }).waitFor();
      await at('second').locator('.bubble', { hasText: 'heard by the service' }).waitFor();
      await context.close();
    }, 20_000);

    it('pictures: who sends one is told that it stays behind, or it arrives, as the account has decided', async () => {
      const { page, context } = await open('/phones');
      await page.getByRole('button', { name: 'Create a session' }).click();
      await page.locator(isDone(1)).waitFor();
      const at = (role: string) => page.locator(`.phone[data-role=${role}]`);
      const write = async (role: string, text: string) => {
        await at(role).getByLabel('with a picture').check();
        await at(role).locator('.texts input[type=text]').fill(text);
        await at(role).getByRole('button', { name: 'Send' }).click();
      };
      await write('second', 'The gate');
      await at('second').locator('.bubble[data-own=true]', { hasText: '1 picture' }).waitFor();
      await at('second').locator('.bubble[data-own=false]', { hasText: 'Pictures cannot be passed on.' }).waitFor();
      const arrived = at('first').locator('.bubble[data-own=false]');
      await arrived.filter({ hasText: 'The gate' }).waitFor();
      expect(await arrived.innerText()).not.toContain('picture');

      const changed = await request(`${service.baseUrl}/admin/accounts/MADEMODEMODEMODEMO00/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messaging_media: true }),
      });
      expect(changed.statusCode).toBe(200);
      // Settings hold at once in the process that changed them.
      await write('second', 'The door');
      await arrived.filter({ hasText: /1 picture\s*The door/ }).waitFor();
      await at('second').locator('.bubble', { hasText: 'The door' }).locator('[data-tick=delivered]').waitFor();
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
      await page.locator('.exchange', { hasText: 'Session over' }).waitFor();
      await page.getByText(/The clock is 1 h \d+ min ahead of real time/).waitFor();
      await context.close();
    }, 30_000);

    it('the database taken away: callers are told, the page says so, and it goes on when it is back', async () => {
      const { page, context } = await open('/phones');
      await page.getByRole('button', { name: 'Create a session' }).click();
      await page.locator(isDone(1)).waitFor();
      await page.keyboard.press('g');
      await page.locator('.phone[data-role=first]', { hasText: 'Sorry, your call cannot be connected' }).waitFor();
      await page.locator('.exchange', { hasText: 'nobody can be connected now' }).waitFor();
      await page.locator('.banner', { hasText: 'The database has not answered since' }).waitFor();
      // What the page knew stays, and it says what is away: the database, not the service.
      expect(await page.locator('.exchange').innerText()).toContain('Session ends in');
      expect(await page.getByText('The service has not answered').count()).toBe(0);
      await request(`${service.baseUrl}/simulator/control/database-away`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ seconds: 0 }),
      });
      await page.locator('.banner').waitFor({ state: 'hidden' });
      await page.keyboard.press('c');
      await page.locator('.phone[data-role=second]', { hasText: 'is calling' }).waitFor();
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

    it.each(['/phones', '/', '/console'])(
      '%s says across the top what is away, since when, and in red that production has no Plivo',
      async (path) => {
        const { page, context } = await open(path);
        await page.locator('.banners').waitFor({ state: 'attached' });
        expect(await page.locator('.banner').count()).toBe(0);
        await context.route('**/readyz?verbose', (route) =>
          route.fulfill({
            status: 503,
            json: {
              checks: { database: 'unreachable', workers: 'ok' },
              away: { database: new Date(Date.now() - 60_000).toISOString(), plivo: '2026-01-05T12:00:00.000Z' },
            },
          }),
        );
        await context.route(`**${path}`, async (route) => {
          const answer = await route.fetch();
          const body = (await answer.text()).replace('isProduction&quot;:false', 'isProduction&quot;:true');
          await route.fulfill({ response: answer, body });
        });
        await page.reload();
        const told = () =>
          page
            .locator('.banner')
            .evaluateAll((banners) => banners.map((one) => [one.getAttribute('data-kind'), one.textContent]));
        const expected = [
          ['failed', expect.stringMatching(/^The simulator plays Plivo in production: no call/)],
          ['ringing', expect.stringMatching(/^The database has not answered since \d\d:\d\d:\d\d\. Calls are refused/)],
          [
            'ringing',
            expect.stringMatching(/^Plivo has not answered since 5 Jan, \d\d:\d\d:\d\d\. .*nothing is asked of it/),
          ],
        ];
        await eventually(async () => expect(await told()).toEqual(expected));
        await context.close();
      },
      20_000,
    );

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
        expect(await overflow(start.page)).toBe(0);
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
        await page.keyboard.press('m');
        await page.locator(isDone(5)).waitFor();
        await page.keyboard.press('r');
        await page.locator(isDone(6)).waitFor();
        expect(await violations(phones)).toEqual([]);
        expect(await overflow(page)).toBe(0);
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
  });
});
