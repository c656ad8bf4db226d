import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { parseUrl } from '../../platform/parse-url.js';
import { Simulator } from '../simulator.js';
import { ControlRefusal } from './control-errors.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The control API has no credentials, so a browser on the same machine could be used against it: by a page of another site, or by one whose name was
 * made to resolve here (DNS rebinding). It answers to its own host names only, and to no page of another origin.
 */
@Injectable()
export class ControlCallers implements CanActivate {
  constructor(private readonly simulator: Simulator) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const host = parseUrl(`http://${headers.host ?? ''}/`);
    const names = [...LOOPBACK, ...this.simulator.hostNames];
    if (host === null || !names.includes(host.hostname))
      throw new ControlRefusal(
        403,
        'wrong_host',
        `expected one of the hosts ${names.join(', ')}; set PUBLIC_URL to add its own`,
      );
    const site = headers['sec-fetch-site'] ?? 'none';
    const isForeign = headers.origin !== undefined && parseUrl(headers.origin)?.host !== host.host;
    if (isForeign || (site !== 'none' && site !== 'same-origin'))
      throw new ControlRefusal(
        403,
        'cross_site',
        'expected a request of this origin or of a program, found one of another site',
      );
    return true;
  }
}
