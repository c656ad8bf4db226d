import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccountGuard } from '../accounts/index.js';
import { MediaLinks, readName } from './media-links.js';
import { LinkRefused } from './recording.errors.js';

type Asked = FastifyRequest<{ Params: { authId: string; name: string }; Querystring: Record<string, unknown> }>;

/** Opens recordings to whoever has the account's credentials, and one media to whoever has a link to it. Nothing is read before. */
@Injectable()
export class RecordingGuard implements CanActivate {
  constructor(
    private readonly accountGuard: AccountGuard,
    private readonly links: MediaLinks,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Asked>();
    const { expires, signature } = request.query;
    const hasCredentials = (request.headers.authorization ?? '') !== '';
    if (hasCredentials || signature === undefined) return this.accountGuard.canActivate(context);

    const name = readName(request.params.name);
    const isOpen =
      (expires === undefined || typeof expires === 'string') &&
      typeof signature === 'string' &&
      name?.format !== undefined &&
      this.links.opens(
        { owner: request.params.authId, recordingId: name.recordingId, format: name.format },
        { expires, signature },
      );
    if (!isOpen) throw new LinkRefused();
    return true;
  }
}
