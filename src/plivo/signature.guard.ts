import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { WebhookTokens } from '../accounts/index.js';
import { Config } from '../platform/settings/config.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { FormBody } from '../platform/http/body-parsers.js';
import { WebhookRefused } from './plivo.errors.js';
import { isSignedByAny } from './signature.js';
import { webhookParams, type WebhookParams } from './webhook-params.js';

/** A webhook whose signature was right. */
export interface VerifiedWebhook {
  accountId: string;
  nonce: string;
  params: WebhookParams;
  /** Keyed digest of the URL and the parameters: what the nonce was used for. */
  contentHash: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by PlivoSignatureGuard. */
    webhook?: VerifiedWebhook;
  }
}

/**
 * Lets nothing but Plivo in: POST only, signature V3 over our public URL (never over what the request claims to be its host) by a token of the
 * account in the path. Everything else is 403 and leaves nothing.
 */
@Injectable()
export class PlivoSignatureGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly webhookTokens: WebhookTokens,
    private readonly crypto: Crypto,
  ) {}

  /** What can be refused by the head alone, before the body that the signature covers is read. */
  async admit(request: FastifyRequest): Promise<void> {
    const { authId } = request.params as { authId: string };
    const isSigned =
      nonceOf(request) !== undefined && signaturesOf(request).some((signature) => signature !== undefined);
    if (request.method !== 'POST' || !isSigned || (await this.webhookTokens.of(authId)) === null)
      throw new WebhookRefused();
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { authId: string } }>>();
    const { body } = request;
    if (request.method !== 'POST' || !(body instanceof FormBody)) throw new WebhookRefused();
    const signing = await this.webhookTokens.of(request.params.authId);
    const url = `${this.config.http.publicUrl}${request.originalUrl}`;
    const nonce = nonceOf(request);
    const isGenuine =
      signing !== null &&
      isSignedByAny({
        method: 'POST',
        url,
        params: body.params,
        nonce,
        headers: signaturesOf(request),
        tokens: signing.tokens,
      });
    const params = isGenuine ? webhookParams(body.params) : null;
    if (signing === null || nonce === undefined || params === null) throw new WebhookRefused();
    const contentHash = this.crypto.fingerprint(JSON.stringify([url, [...body.params].sort()]));
    request.webhook = { accountId: signing.accountId, nonce, params, contentHash };
    return true;
  }
}

/** The webhook that the guard has verified; a route without the guard is closed. */
export function webhookOf(request: FastifyRequest): VerifiedWebhook {
  if (!request.webhook) throw new WebhookRefused();
  return request.webhook;
}

function nonceOf(request: FastifyRequest): string | undefined {
  return singleHeader(request, 'x-plivo-signature-v3-nonce');
}

function signaturesOf(request: FastifyRequest): (string | undefined)[] {
  return [singleHeader(request, 'x-plivo-signature-v3'), singleHeader(request, 'x-plivo-signature-ma-v3')];
}

function singleHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
