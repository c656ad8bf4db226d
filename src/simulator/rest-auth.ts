import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { RestRefusal } from './rest-errors.js';
import { Simulator } from './simulator.js';

/** HTTP Basic with the account's Auth ID and Auth Token; before it, the faults that somebody ordered for the API. */
@Injectable()
export class RestAuth implements CanActivate {
  constructor(private readonly simulator: Simulator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { authId, authToken, faults } = this.simulator;
    await faults.whileApiHangs();
    const { status } = faults.current.api;
    if (status !== null) throw new RestRefusal(status, status === 429 ? 'rate limit exceeded' : 'server error');
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { authId: string } }>>();
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
