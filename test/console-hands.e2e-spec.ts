import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { request } from 'undici';
import { findChromium, signIn } from './support/browser.js';
import { ConsoleGround } from './support/console.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { eventually } from './support/eventually.js';
import { ADMIN_TOKEN, AUTH_ID, AUTH_TOKEN, sharedSettings, temporaryFolder } from './support/process.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI, VIA, RENTED, IMPORTED] = [
  '+14155550123',
  '+14155550124',
  '+14155550100',
  '+14155550188',
  '+14155550177',
];
const chromium = findChromium();

/** Somebody with a fresh installation, an account of one's own and no number yet: what is done at the console from then on. */
(chromium === null ? describe.skip : describe).each(databaseKinds)("an operator's hands (%s)", (kind) => {
  const ground = new ConsoleGround();
  const { send, open } = ground;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    ground.whenOver(folder.remove);
    const { url, drop } = await createMigratedDatabase(kind, `${folder.path}/masking.db`);
    ground.whenOver(drop);
    await ground.start(sharedSettings(url, folder.path), chromium);
  }, 90_000);

  afterAll(() => ground.stop(), 60_000);

  const plivo = simulatedPlivo(ground.phones);

  const row = (page: Page, text: string) => page.locator('.body .row', { hasText: text });
  const inDialog = async (page: Page, name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('option', { hasText: AUTH_ID }).waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name, exact: true }).click();
  };
  const audited = async (): Promise<{ actor: string; action: string }[]> =>
    (await send<{ items: { actor: string; action: string }[] }>('/admin/audit?limit=100')).items;

  it('bring the numbers that Plivo has into the pool, and tell what came of it', async () => {
    const { page, context } = await open('numbers');
    await page.getByText('No numbers here.').waitFor();
    await inDialog(page, 'Sync with Plivo');
    await page.getByText('5 numbers are new, 0 have changed.').waitFor();
    await row(page, '+1 415 555 0100').waitFor();
    await row(page, 'lent to sessions').first().waitFor();

    await plivo.control('POST', '/numbers', { number: RENTED });
    await plivo.control('PUT', '/numbers/14155550102', { leads_to: 'elsewhere' });
    await inDialog(page, 'Sync with Plivo');
    await page.getByText('1 number is new, 1 has changed.').waitFor();
    await row(page, '+1 415 555 0102').filter({ hasText: 'leads elsewhere' }).waitFor();
    await row(page, '+1 415 555 0188').waitFor();
    expect((await audited()).filter(({ action }) => action === 'numbers.synced')).toHaveLength(2);
    await context.close();
  }, 40_000);

  it('are told why a sync came to nothing, and may try again', async () => {
    const { page, context } = await open('numbers');
    await plivo.control('POST', '/faults', { api: { status: 503, only: ['GET Number'], times: 10 } });
    await inDialog(page, 'Sync with Plivo');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await plivo.control('DELETE', '/faults');
    await page.getByRole('dialog').getByRole('button', { name: 'Sync with Plivo', exact: true }).click();
    await page.getByText('0 numbers are new, 0 have changed.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await context.close();
  }, 40_000);

  it('import a file: all rows or none, with what is wrong in each', async () => {
    const { page, context } = await open('numbers');
    const choose = async (text: string): Promise<void> => {
      const file = { name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
      await page.getByLabel('File').setInputFiles(file);
      await page.getByRole('dialog').getByRole('button', { name: 'Import CSV' }).click();
    };
    await page.getByRole('button', { name: 'Import CSV' }).click();
    await choose(`number,alias\n${IMPORTED},Front desk\nnobody,\n`);
    const wrong = page.getByRole('dialog').locator('tbody tr');
    await wrong.filter({ hasText: 'expected a phone number with its country code' }).waitFor();
    expect(await wrong.locator('th, td').allInnerTexts()).toMatchObject(['2', '3', expect.any(String)]);
    await choose(`number,alias\n${IMPORTED},Front desk\n${VIA},\n`);
    await page.getByText('1 number is new, 1 was there.').waitFor();
    await row(page, '+1 415 555 0177').filter({ hasText: 'Front desk' }).waitFor();
    await context.close();
  }, 40_000);

  it('hear a recording, once it is here, and the audit says who has heard it', async () => {
    const as = `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}`;
    const body = { first_party: ASHA, second_party: RAVI, record: true, record_file_format: 'wav' };
    const path = `/v1/Account/${AUTH_ID}/Masking/Session/`;
    const { virtual_number: via } = await send<{ virtual_number: string }>(path, { method: 'POST', as, body });
    await plivo.talk(ASHA, via, RAVI, 42);
    const { page, context } = await open('recordings');
    // While it is fetched the list may be looked at already.
    await eventually(async () => {
      await page.reload();
      await row(page, 'ready').waitFor({ timeout: 1_000 });
    });
    await row(page, 'ready').click();
    const sound = page.locator('audio');
    await sound.waitFor();
    const now = (): Promise<{ at: number; length: number; speed: number; isPaused: boolean }> =>
      page.evaluate(
        `(({ currentTime, duration, playbackRate, paused }) => ({ at: currentTime, length: duration || 0, speed: playbackRate, isPaused: paused }))(document.querySelector('audio'))`,
      );
    expect((await audited()).filter(({ action }) => action === 'recording.heard')).toEqual([]);

    await page.keyboard.press('p');
    await eventually(async () => expect((await now()).at).toBeGreaterThan(0.2));
    expect((await now()).length).toBeCloseTo(42, 0);
    await page.getByRole('button', { name: 'Speed 2×' }).click();
    await page.keyboard.press('ArrowRight');
    await eventually(async () => expect(await now()).toMatchObject({ speed: 2, isPaused: false }));
    expect((await now()).at).toBeGreaterThan(10);
    await page.keyboard.press('p');
    await eventually(async () => expect((await now()).isPaused).toBe(true));
    const heard = (await audited()).filter(({ action }) => action === 'recording.heard');
    expect(heard).toMatchObject([{ actor: 'admin' }]);
    await context.close();
  }, 60_000);

  it('are not those of a viewer: who only reads hears nothing, and nothing is loaded', async () => {
    const viewer = { method: 'POST', body: { name: 'vic', role: 'viewer' } };
    const { token } = await send<{ token: string }>('/admin/operators', viewer);
    const { items } = await send<{ items: { recording_id: string }[] }>('/admin/recordings');
    const { page, context } = await open(`recordings/${items[0]?.recording_id}`, {
      cookies: await signIn(ground.browser, ground.service.baseUrl, token),
    });
    await page.getByText('Recordings are played to the roles support and admin.').waitFor();
    expect(await page.locator('audio').count()).toBe(0);
    for (const name of ['Delete']) expect(await page.getByRole('button', { name }).isEnabled()).toBe(false);
    await context.close();
  }, 40_000);

  it('delete a recording by the last characters of its id, and nobody hears it any more', async () => {
    const { items } = await send<{ items: { recording_id: string }[] }>('/admin/recordings');
    const id = items[0]?.recording_id ?? '';
    const { page, context } = await open(`recordings/${id}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(id.slice(-4));
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The recording is deleted.').waitFor();
    await page.locator('audio').waitFor({ state: 'detached' });
    const sound = await request(`${ground.service.baseUrl}/admin/recordings/${id}/sound`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    await sound.body.dump();
    expect(sound.statusCode).toBe(404);
    await context.close();
  }, 40_000);

  it('ask nothing of another origin, and nothing is forbidden to them', () => {
    ground.expectQuiet('Failed to load resource');
  });
});
