import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrived, findChromium, overflow, violations } from './support/browser.js';
import { ConsoleGround } from './support/console.js';
import { eventually } from './support/eventually.js';
import { ADMIN_TOKEN, temporaryFolder } from './support/process.js';
import { texters } from './support/texts.js';

const [ASHA, RAVI, MAYA] = ['+14155550123', '+14155550124', '+14155550125'];
const WRITTEN = 'Blue door, ring twice; else +1 415 555 0199';
const chromium = findChromium();

type Row = Record<string, unknown>;

/** Two people who write to each other, one of whom has enough of it, and a third whose words are not kept. */
(chromium === null ? describe.skip : describe)('texts at the console', () => {
  const ground = new ConsoleGround();
  const { send, open: openAt } = ground;
  const phones = texters(ground.phones);
  let account: Record<'auth_id' | 'auth_token', string>;
  let session: { uuid: string; number: string };

  beforeAll(async () => {
    const folder = await temporaryFolder();
    ground.whenOver(folder.remove);
    const settings = { DATA_DIR: folder.path, ADMIN_TOKEN, LOG_LEVEL: 'error', RATE_LIMIT: 'off' };
    await ground.start(settings, chromium, write);
  }, 120_000);

  afterAll(() => ground.stop());

  const items = async (path: string): Promise<Row[]> => (await send<{ items: Row[] }>(path)).items;

  async function open(second: string): Promise<{ uuid: string; number: string }> {
    const as = `Basic ${Buffer.from(`${account.auth_id}:${account.auth_token}`).toString('base64')}`;
    const body = { first_party: ASHA, second_party: second, messaging: true, session_expiry: 7200 };
    const made = await send<{ session: Row }>(`/v1/Account/${account.auth_id}/Masking/Session/`, {
      method: 'POST',
      as,
      body,
    });
    return { uuid: String(made.session['session_uuid']), number: String(made.session['virtual_number']) };
  }

  async function write(): Promise<void> {
    account = await phones.control('GET', '/demo-account');
    const settings = `/admin/accounts/${account.auth_id}/settings`;
    session = await open(RAVI);
    await phones.write(ASHA, session.number, 'not kept');
    await phones.arrived(RAVI, 1);
    await send(settings, { method: 'PATCH', body: { text_retention_days: 3 } });
    await phones.write(RAVI, session.number, WRITTEN);
    await phones.arrived(ASHA, 1);
    const other = await open(MAYA);
    await phones.write(MAYA, other.number, 'STOP');
    await eventually(async () => expect(await items('/admin/opt-outs')).toHaveLength(1));
    await eventually(async () => {
      const delivered = await items('/admin/messages?state=delivered');
      expect(delivered.map(({ units }) => units)).toEqual([2, 2]);
    });
  }

  it('stand beside calls in the costs, which add up to what the file says', async () => {
    const { page, context } = await openAt('costs');
    const [all] = await items('/admin/stats?group_by=account');
    expect(all).toMatchObject({ messages: 2, message_units: 5 });
    const texts = page.locator('.totals div', { has: page.locator('dt', { hasText: 'Texts passed on' }) });
    await texts.getByText('5 units both ways', { exact: false }).waitFor();
    expect(await texts.innerText()).toContain(String(all?.['message_amount']));
    expect(await page.locator('.total-lead strong').innerText()).toBe(`${String(all?.['total_amount'])} USD`);
    const sum = page.locator('tr.sum td');
    expect(await sum.nth(4).innerText()).toBe('2');
    expect(await sum.nth(5).innerText()).toBe('5');
    expect(await sum.nth(9).innerText()).toBe(String(all?.['total_amount']));
    await page.goto(`${ground.service.baseUrl}/console#/overview`);
    await page.locator('.tile', { hasText: 'Texts today' }).getByText('2 delivered').waitFor();
    await context.close();
  }, 30_000);

  it('are read one by one, with a word on why, while they are kept', async () => {
    const { page, context } = await openAt(`sessions/${session.uuid}`);
    const rows = page.getByRole('region', { name: 'Texts' }).locator('tbody tr');
    await rows.nth(1).getByText('not kept').waitFor();
    await page.getByText('Words are deleted when Plivo has the text').waitFor();
    expect(await page.content()).not.toContain('Blue door');
    await rows.nth(0).getByRole('button', { name: 'Show the words of the text' }).click();
    const dialog = page.locator('dialog[open]');
    await dialog.getByLabel('Why do you read it?').fill('dispute 4711');
    await dialog.getByRole('button', { name: 'Show' }).click();
    await dialog.getByText('Blue door, ring twice').waitFor();
    expect(await dialog.innerText()).not.toContain('0199');
    const [entry] = await items('/admin/audit?limit=1');
    expect(entry).toMatchObject({
      action: 'message.read',
      details: { session: session.uuid, purpose: 'dispute 4711', account: account.auth_id },
    });
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await eventually(async () => expect(await page.content()).not.toContain('Blue door'));
    await context.close();

    const [kept, gone] = await items(`/admin/messages?session=${session.uuid}`);
    expect([kept?.['has_text'], gone?.['has_text']]).toEqual([true, false]);
    const words = (text: Row | undefined, query = '?purpose=because', as?: string) =>
      send(`/admin/messages/${String(text?.['id'])}/text${query}`, { ...(as !== undefined && { as }) });
    expect(await words(gone)).toMatchObject({ status: 404 });
    expect(await words(kept, '')).toMatchObject({ status: 400, param: 'purpose' });
    const viewer = await send<Row>('/admin/operators', { method: 'POST', body: { name: 'eyes', role: 'viewer' } });
    const refused = await words(kept, '?purpose=because', `Bearer ${String(viewer['token'])}`);
    expect(refused).toMatchObject({ status: 403, code: 'role_needed' });
  }, 30_000);

  it('list who wants none by number, nobody named, and take it back once the number is typed', async () => {
    const [entry] = await items('/admin/opt-outs');
    const number = String(entry?.['virtual_number']);
    const { page, context } = await openAt(`opt-outs?account=${account.auth_id}&party=${encodeURIComponent(MAYA)}`);
    await page.getByText('Plivo, which understood it').waitFor();
    await page.goto(`${ground.service.baseUrl}/console#/opt-outs/${String(entry?.['id'])}`);
    await page.locator('.detail').getByText('none: holds for this number alone').waitFor();
    const shown = await page.locator('.detail').innerText();
    expect(shown).not.toContain('0125');
    await page.getByRole('button', { name: 'Write to them again' }).click();
    const dialog = page.locator('dialog[open]');
    const undo = dialog.getByRole('button', { name: 'Write to them again' });
    await dialog.getByText('What Plivo blocks stays blocked').waitFor();
    expect(await undo.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill(number.slice(-4));
    await undo.click();
    await page.getByText('Nobody is silent here.').waitFor();
    expect(await items('/admin/opt-outs')).toEqual([]);
    expect(await items('/admin/audit?limit=1')).toMatchObject([{ action: 'opt-out.removed', target: entry?.['id'] }]);
    await context.close();
  }, 30_000);

  it('are decided for a subaccount where requests do not say', async () => {
    const subaccounts = `/admin/accounts/${account.auth_id}/subaccounts`;
    const made = await send<Row>(subaccounts, { method: 'POST', body: { name: 'Riders' } });
    const { page, context } = await openAt(`accounts/${account.auth_id}`);
    const row = page.getByRole('region', { name: 'Subaccounts' }).locator('tr', { hasText: 'Riders' });
    await row.getByText('as the account').waitFor();
    await row.getByRole('button', { name: 'Change whether new sessions of Riders have texts' }).click();
    const dialog = page.locator('dialog[open]');
    await dialog.getByLabel('Texts by default').selectOption('yes');
    await dialog.getByRole('button', { name: 'Change' }).click();
    await row.locator('td', { hasText: /^yes/ }).waitFor();
    const [shown] = await items('/admin/accounts');
    expect(shown?.['subaccounts']).toMatchObject([{ auth_id: made['auth_id'], messaging_default: true }]);
    await context.close();
  }, 30_000);

  it.each([
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'axe finds nothing at %i px in the %s theme, and nothing is wider than the window',
    async (width, colorScheme) => {
      await phones.write(MAYA, session.number, 'STOP');
      const watched = await openAt('overview', { width, colorScheme });
      const { page } = watched;
      const [entry] = await items('/admin/opt-outs');
      const places = ['costs', `sessions/${session.uuid}`, 'opt-outs', `accounts/${account.auth_id}`];
      for (const place of [...places, ...(entry ? [`opt-outs/${String(entry['id'])}`] : [])]) {
        await page.goto(`${ground.service.baseUrl}/console#/${place}`);
        await arrived(page, place);
        expect([place, await violations(watched)]).toEqual([place, []]);
        expect([place, await overflow(page)]).toEqual([place, 0]);
      }
      await watched.context.close();
    },
    60_000,
  );

  it('asks nobody else for anything, and complains of nothing', () => {
    ground.expectQuiet();
  });
});
