import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Simulator } from '../simulator.js';
import { kindOf } from './api-requests.js';
import { RestRefusal } from './rest-errors.js';
import type { Viewer } from './viewer.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by RestAuth. */
    viewer?: Viewer;
  }
}

/** HTTP Basic with Auth ID and Auth Token of the account or of one of its subaccounts, each on its own path. Counts every request, welcome or not. */
@Injectable()
export class RestAuth implements CanActivate {
  constructor(private readonly simulator: Simulator) {}

  canActivate(context: ExecutionContext): boolean {
    const { authId, authToken, account, apiRequests } = this.simulator;
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { authId: string } }>>();
    apiRequests.count(kindOf(request));
    const asked = request.params.authId;
    const subaccount = account.subaccounts.get(asked);
    const token = asked === authId ? authToken : subaccount?.isEnabled ? subaccount.authToken : null;
    const credentials = Buffer.from(`${asked}:${token ?? ''}`).toString('base64');
    if (token === null || !isSame(request.headers.authorization ?? '', `Basic ${credentials}`))
      throw new RestRefusal(401, 'Authentication failed.');
    request.viewer = { authId: asked, subaccount: subaccount?.authId ?? null };
    return true;
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
