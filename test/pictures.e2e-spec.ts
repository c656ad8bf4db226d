import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { arrived, emptyPage, findChromium, launch } from './support/browser.js';
import { answerOf, NOW } from './support/console-day.js';
import { eventually } from './support/eventually.js';
import { difference, type PictureFolder } from './support/picture.js';
import { startProcess, temporaryFolder, type ServiceProcess } from './support/process.js';

const CALL = '01a2294b-7e80-74b3-cccc-000000000001';
const SESSION = '01a2294b-7e80-74b3-dddd-000000000001';
const SIZES = { 1440: 900, 390: 844 } as const;
const chromium = findChromium();

interface Shot {
  name: string;
  place: string;
  width: keyof typeof SIZES;
  scheme: 'light' | 'dark';
  /** What is looked for. */
  search?: string;
  folder?: PictureFolder;
}

const SHOTS: Shot[] = [
  { name: 'overview', place: 'overview', width: 1440, scheme: 'light' },
  { name: 'overview-phone', place: 'overview', width: 390, scheme: 'dark' },
  { name: 'calls', place: 'calls', width: 1440, scheme: 'light' },
  { name: 'calls-dark', place: 'calls?outcome=refused', width: 1440, scheme: 'dark' },
  { name: 'calls-phone', place: 'calls', width: 390, scheme: 'light' },
  { name: 'calls-empty', place: 'calls?outcome=nothing', width: 1440, scheme: 'light' },
  { name: 'call', place: `calls/${CALL}`, width: 1440, scheme: 'light' },
  { name: 'call-phone', place: `calls/${CALL}`, width: 390, scheme: 'dark' },
  { name: 'session', place: `sessions/${SESSION}`, width: 1440, scheme: 'dark' },
  { name: 'search', place: 'calls', width: 1440, scheme: 'light', search: '+1 415 555 0123' },
  { name: 'console-light', place: `calls/${CALL}`, width: 1440, scheme: 'light', folder: 'docs/images' },
  { name: 'overview-light', place: 'overview', width: 1440, scheme: 'light', folder: 'docs/images' },
  { name: 'overview-dark', place: 'overview', width: 1440, scheme: 'dark', folder: 'docs/images' },
  { name: 'console-dark', place: `calls/${CALL}`, width: 1440, scheme: 'dark', folder: 'docs/images' },
];
/** As much as a README shows at once. */
const PHONES_SIZE = { width: 1440, height: 600 };

(chromium === null ? describe.skip : describe)('pictures', () => {
  let service: ServiceProcess;
  let remove: () => Promise<void>;
  let browser: Browser;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    service = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn' });
    browser = await launch(chromium ?? '');
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await service.stop();
    await remove();
  });

  // The pages are the service's; what they are told is a day that never changes, at an hour that never passes.
  it.each(SHOTS)(
    'of the console: $name looks as it did',
    async ({ name, place, width, scheme, search, folder }) => {
      const { page, context } = await emptyPage(browser, {
        viewport: { width, height: SIZES[width] },
        colorScheme: scheme,
        timezoneId: 'UTC',
      });
      await page.clock.setFixedTime(NOW);
      await context.route('**/admin/**', (route) => {
        const answer = answerOf(new URL(route.request().url()));
        return answer === null ? route.fulfill({ status: 404, json: {} }) : route.fulfill({ json: answer });
      });
      await context.route('**/admin/events', (route) => route.abort());
      await context.route('**/simulator/control/clock', (route) =>
        route.fulfill({ json: { now: new Date(NOW).toISOString() } }),
      );
      await page.goto(`${service.baseUrl}/console#/${place}`);
      await arrived(page, place);
      if (search !== undefined) {
        await page.keyboard.press('/');
        await page.keyboard.insertText(search);
        await page.getByRole('dialog').locator('li').first().waitFor();
      }
      await page.waitForLoadState('networkidle');
      await page.locator('.skeleton, [aria-busy="true"]').first().waitFor({ state: 'detached' });
      await looksAsIn(page, name, folder);
      await context.close();
    },
    60_000,
  );

  it.each(['light', 'dark'] as const)(
    'of the phones: the second one rings, %s',
    async (scheme) => {
      const { page, context } = await emptyPage(browser, { viewport: PHONES_SIZE, colorScheme: scheme });
      await page.goto(`${service.baseUrl}/phones`);
      await page.getByRole('button', { name: 'Create a session' }).click();
      await page.getByRole('button', { name: 'Call from the first party' }).click();
      await page.locator('.phone[data-role=second][data-face=ringing]').waitFor();
      await page.locator('.phone[data-role=first]', { hasText: 'hears it ring' }).waitFor();
      await looksAsIn(page, `phones-${scheme}`, 'docs/images');
      await context.close();
    },
    60_000,
  );
});

async function looksAsIn(page: Page, name: string, folder?: PictureFolder): Promise<void> {
  // The version is another one at the next release.
  await page.evaluate("document.querySelectorAll('.version').forEach((element) => (element.textContent = ''))");
  // Parts that have nothing to show until they are answered tell nobody that they are still to come.
  await eventually(async () => expect(difference(name, await page.screenshot({ caret: 'hide' }), folder)).toBeNull());
}
