import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { HttpException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { openDatabase } from '../../data-source.js';
import { DomainError, type RefusalKind } from '../errors.js';
import { isDatabaseOutage } from '../database/outage.js';
import { describeError } from './error-answer.js';

class Refused extends DomainError {
  readonly code = 'refused_here';
  constructor(readonly kind: RefusalKind) {
    super('expected this, found that', { param: 'name', extra: { numbers_needed: 3 } });
  }
}

const masking = {
  url: '/v1/Account/MA/Masking/Session',
  method: 'POST',
  requestId: 'the-id',
  allowed: ['GET', 'POST'],
};
const admin = { ...masking, url: '/admin/accounts' };

describe('errors from outside', () => {
  it.each([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['too-large', 413],
    ['unprocessable', 422],
    ['unavailable', 503],
  ] as const)('show a refusal of kind %s as %d', (kind, status) => {
    expect(describeError(new Refused(kind), masking)).toMatchObject({
      status,
      isBug: false,
      body: {
        api_id: 'the-id',
        error: 'expected this, found that',
        error_code: 'refused_here',
        param: 'name',
        numbers_needed: 3,
      },
    });
    expect(describeError(new Refused(kind), admin)).toMatchObject({
      status,
      body: {
        type: 'about:blank',
        status,
        code: 'refused_here',
        detail: 'expected this, found that',
        request_id: 'the-id',
      },
    });
  });

  it('name the scheme that the path asks for', () => {
    const scheme = (asked: typeof masking) =>
      describeError(new Refused('unauthenticated'), asked).headers['www-authenticate'];
    expect(scheme(masking)).toBe('Basic realm="masking"');
    expect(scheme(admin)).toBe('Bearer');
  });

  it('keep 404 of an existing route a 404', () => {
    expect(describeError(new Refused('not-found'), { ...masking, method: 'PUT' }).status).toBe(404);
    expect(describeError(new HttpException('', 404), masking).status).toBe(404);
    expect(describeError(new HttpException('', 404), { ...masking, method: 'PUT' }).status).toBe(405);
  });

  it('never repeat what the framework or a bug says', () => {
    const words = 'number 14155550123 at SELECT';
    for (const error of [
      new HttpException(words, 418),
      new HttpException(words, 400),
      new Error(words),
      words,
      null,
      { words },
    ])
      for (const asked of [masking, admin])
        expect(JSON.stringify(describeError(error, asked))).not.toContain('5550123');
    expect(describeError(new Error(words), masking)).toMatchObject({
      status: 500,
      isBug: true,
      body: { error: 'Internal server error' },
    });
  });

  it('tell outages from bugs', () => {
    const failed = (driverError: object) =>
      new QueryFailedError('SELECT', [], Object.assign(new Error('x'), driverError));
    for (const outage of [
      failed({ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
      failed({ code: 'ER_CON_COUNT_ERROR' }),
      failed({ fatal: true }),
      failed({ code: 'ER_UNKNOWN_COM_ERROR' }),
      failed({ code: 'ER_ERROR_DURING_COMMIT' }),
      failed({ code: 'SQLITE_FULL' }),
      failed({ code: 'SQLITE_IOERR_WRITE' }),
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
    ])
      expect(describeError(outage, admin)).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        isBug: false,
      });
    for (const bug of [
      failed({ code: 'ER_PARSE_ERROR', fatal: false }),
      failed({ code: 'SQLITE_ERROR' }),
      new Error('fatal'),
    ])
      expect(describeError(bug, admin).status).toBe(500);
  });
});

describeOnEachDatabase('a database that goes away', (open, kind) => {
  it('is an outage while nobody listens and when it hangs up', async () => {
    if (kind === 'sqlite') return;
    const { database, dataSource, url } = await open();

    const killed = database.transaction(async (tx) => {
      const [row] = await tx.query<{ id: number }[]>('SELECT CONNECTION_ID() AS id');
      await dataSource.query(`KILL CONNECTION ${row?.id}`);
      await tx.query('SELECT 1');
    });
    expect(await killed.catch(isDatabaseOutage)).toBe(true);

    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const closed = Object.assign(new URL(url), { port: String(port) }).href;
    expect(await openDatabase({ kind: 'mysql', url: closed }).catch(isDatabaseOutage)).toBe(true);
  });
});
