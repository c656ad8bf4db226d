import { beforeEach, expect, it } from '@jest/globals';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';

const AT_PLIVO = { plivo_auth_id: 'MAPLIVOPLIVOPLIVO000', plivo_auth_token: 'plivo-secret' };
const ASHA = '14155550101';
const RAVI = '14155550102';
const NUMBER = '12025550177';

interface Owner {
  auth_id: string;
  auth_token: string;
}

// From the first session to the last trace.
describeOnEachService('an account that is no longer wanted', (start) => {
  let service: Service;
  let account: Owner;
  let subaccount: Owner;

  beforeEach(async () => {
    service ??= await start();
    account = await made('/accounts', { name: 'Acme', ...AT_PLIVO });
    subaccount = await made(`/accounts/${account.auth_id}/subaccounts`, { name: 'Berlin' });
  });

  const made = async (path: string, body: unknown): Promise<Owner> => {
    const answer = await service.admin<Owner>('POST', path, body);
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const change = (body: unknown) => service.admin('PATCH', `/accounts/${account.auth_id}`, body);
  const remove = (authId = account.auth_id) => service.admin('DELETE', `/accounts/${authId}`);
  const list = ({ auth_id: authId, auth_token: authToken }: Owner) =>
    service.request(`/v1/Account/${authId}/Masking/Session/`, { as: { authId, authToken } });

  it('lets nobody in once it is disabled, and again once it is active', async () => {
    expect((await list(account)).status).toBe(200);
    expect((await change({ status: 'disabled' })).body).toMatchObject({ status: 'disabled', name: 'Acme' });
    for (const owner of [account, subaccount]) expect((await list(owner)).status).toBe(401);
    const listed = await service.admin<{ items: { auth_id: string; status: string }[] }>('GET', '/accounts');
    expect(listed.body.items.find(({ auth_id }) => auth_id === account.auth_id)?.status).toBe('disabled');

    expect((await change({ status: 'active' })).body).toMatchObject({ status: 'active' });
    for (const owner of [account, subaccount]) expect((await list(owner)).status).toBe(200);
  });

  it('goes on answering the calls of its live sessions', async () => {
    await service.admin('POST', '/numbers', { account: account.auth_id, number: `+${NUMBER}` });
    const opened = await service.request<{ session_uuid: string }>(`/v1/Account/${account.auth_id}/Masking/Session/`, {
      method: 'POST',
      body: { first_party: ASHA, second_party: RAVI },
      as: { authId: account.auth_id, authToken: account.auth_token },
    });
    expect(opened.status).toBe(201);
    await change({ status: 'disabled' });
    const call = { CallUUID: crypto.randomUUID(), From: ASHA, To: NUMBER, Direction: 'inbound', CallStatus: 'ringing' };
    const answer = await service.webhook('/answer', call, {
      token: AT_PLIVO.plivo_auth_token,
      authId: account.auth_id,
    });
    expect(answer.text).toContain(`<Number>+${RAVI}</Number>`);

    const kept = await remove();
    expect(kept).toMatchObject({ status: 409, body: { code: 'account_kept' } });
    expect(kept.body['detail']).toMatch(/found numbers, sessions, calls:/);
  });

  it('is deleted when it is disabled and empty, with all that opened it', async () => {
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'account_in_use' } });
    await change({ status: 'disabled' });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect((await change({ name: 'Back' })).status).toBe(404);
    for (const owner of [account, subaccount]) expect((await list(owner)).status).toBe(401);
    for (const table of ['account', 'subaccount', 'api_token', 'account_setting', 'subaccount_at_plivo']) {
      const rows = JSON.stringify(await service.dataSource.query(`SELECT * FROM ${table}`));
      for (const { auth_id: authId } of [account, subaccount]) expect(rows).not.toContain(authId);
    }
    const audit = await service.admin<{ items: { action: string; target: string }[] }>('GET', '/audit');
    expect(audit.body.items).toContainEqual(
      expect.objectContaining({ action: 'account.deleted', target: account.auth_id }),
    );
  });

  it('is not deleted where the settings would bring it back', async () => {
    expect(await remove(AUTH_ID)).toMatchObject({ status: 409, body: { code: 'account_of_settings' } });
  });

  it.each([{ status: 'gone' }, { status: null }, { status: 1 }])('is not %j', async (body) => {
    expect(await change(body)).toMatchObject({ status: 400, body: { param: 'status' } });
  });
});
