import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Simulator } from '../simulator.js';
import { kindOf } from './api-requests.js';
import { RestRefusal } from './rest-errors.js';

/** HTTP Basic with the account's Auth ID and Auth Token. Counts every request, welcome or not. */
@Injectable()
export class RestAuth implements CanActivate {
  constructor(private readonly simulator: Simulator) {}

  canActivate(context: ExecutionContext): boolean {
    const { authId, authToken, apiRequests } = this.simulator;
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { authId: string } }>>();
    apiRequests.count(kindOf(request));
    const credentials = Buffer.from(`${authId}:${authToken}`).toString('base64');
    const isKnown = isSame(request.headers.authorization ?? '', `Basic ${credentials}`);
    if (!isKnown || request.params.authId !== authId) throw new RestRefusal(401, 'Authentication failed.');
    return true;
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
