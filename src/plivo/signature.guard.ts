import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { WebhookTokens, type SigningTokens } from '../accounts/index.js';
import { Config } from '../platform/settings/config.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Unavailable } from '../platform/errors.js';
import { FormBody } from '../platform/http/body-parsers.js';
import { within } from '../platform/within.js';
import { WebhookRefused } from './plivo.errors.js';
import { LONGEST_URL } from './refused-webhook.entity.js';
import { RefusedWebhooks, type WebhookRefusal } from './refused-webhooks.js';
import { isSignedByAny, isV2ByAny, queryParams, splitUrl, type ParamList } from './signature.js';
import { webhookParams, type WebhookParams } from './webhook-params.js';

/** A webhook whose signature was right. */
export interface VerifiedWebhook {
  accountId: string;
  nonce: string;
  params: WebhookParams;
  /** Keyed digest of the URL and the parameters: what the nonce was used for. */
  contentHash: string;
  /** Whether V2 alone has signed it, which covers no word of it: a hint to ask Plivo, and no more. Of webhooks about messages only. */
  isHint?: boolean;
  /** Tells the operator that the nonce had been used for something else. */
  onNonceReused?: () => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by PlivoSignatureGuard. */
    webhook?: VerifiedWebhook;
    /** Set by PlivoSignatureGuard: the account whose path an unsigned fetch of a sound named. */
    unsignedSoundOf?: string;
  }
}

/**
 * Lets nothing but Plivo in: signature V3 over our public URL (never over what the request claims to be its host) by a token of the account in the
 * path, of a POSTed form or a GET's query. Everything else is 403; who sends it is told no reason, the operator is. The one exception is the
 * operator's to make: with UNSIGNED_CALLEE_SOUND=take what a Dial lets people hear may be fetched without V3. The ring tone is no secret; a callee's
 * file is found by the ids of session and call, of which one in a known millisecond has 42 random bits: enough against who would learn a file's
 * address, and for no more than that. Webhooks about messages are documented with V2 and seen with V3: where there is any V3 it decides, else V2 makes a
 * hint of them.
 */
@Injectable()
export class PlivoSignatureGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly webhookTokens: WebhookTokens,
    private readonly crypto: Crypto,
    private readonly refusedWebhooks: RefusedWebhooks,
  ) {}

  /** What can be refused by the head alone, before the body that the signature covers is read. */
  async admit(request: FastifyRequest): Promise<void> {
    const named = request as FastifyRequest<{ Params: { authId: string } }>;
    const signing = await this.signingOf(named.params.authId).catch(() => undefined);
    // With the database away the guard asks again when the body is there: what is answered then depends on what it says.
    if (signing === undefined) return;
    const byHead = this.isUnsignedSound(request) ? null : refusalByHead(request);
    const reason =
      signing === null ? 'unknown-account' : (byHead ?? (request.method === 'POST' ? null : 'wrong-signature'));
    if (reason !== null) this.refuse(named, signing?.accountId ?? '', reason);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { authId: string } }>>();
    const signing = await this.signingOf(request.params.authId);
    if (signing !== null && this.isUnsignedSound(request)) {
      request.unsignedSoundOf = signing.accountId;
      return true;
    }
    const url = `${this.config.http.publicUrl}${request.originalUrl}`;
    const checked = signing === null ? 'unknown-account' : check(request, url, signing.tokens);
    if (typeof checked === 'string' || signing === null)
      return this.refuse(request, signing?.accountId ?? '', typeof checked === 'string' ? checked : 'unknown-account');
    const { nonce, params, list, isHint } = checked;
    const contentHash = this.crypto.fingerprint(JSON.stringify([url, [...list].sort()]));
    const onNonceReused = (): void =>
      this.refusedWebhooks.note({ ...this.refused(request), accountId: signing.accountId, reason: 'nonce-reused' });
    request.webhook = { accountId: signing.accountId, nonce, params, contentHash, isHint, onNonceReused };
    return true;
  }

  /** Rejects where nothing is remembered and the database is silent: who asks may be a caller, and waits for 1.5 s at most. */
  private async signingOf(authId: string): Promise<SigningTokens | null> {
    return within(PATIENCE_MS, this.webhookTokens.of(authId), () => {
      throw new Unavailable('the database does not answer, try again');
    });
  }

  /** Signed with V3 it is judged as everything else is. */
  private isUnsignedSound(request: FastifyRequest): boolean {
    if (this.config.plivo.unsignedCalleeSound !== 'take' || !SOUNDS.has(request.routeOptions.url ?? '')) return false;
    if (request.method !== 'GET' && request.method !== 'POST') return false;
    const reason = refusalByHead(request);
    return reason === 'no-signature' || reason === 'v2-only';
  }

  private refuse(
    request: FastifyRequest<{ Params: { authId: string } }>,
    accountId: string,
    reason: WebhookRefusal,
  ): never {
    this.refusedWebhooks.note({ ...this.refused(request), accountId, reason });
    throw new WebhookRefused();
  }

  /** Of the request nothing but its shape: the ids in a path and the values of a query may be anybody's number or token. */
  private refused(request: FastifyRequest<{ Params: { authId: string } }>) {
    const { authId } = request.params;
    const shownId = AUTH_ID.test(authId) ? authId : ':authId';
    const path = (request.routeOptions.url ?? '').replace(':authId', () => shownId);
    const names = [...new URLSearchParams(splitUrl(request.originalUrl).query).keys()].slice(0, MOST_NAMES);
    const query = names.map((name) => `${PLAIN_NAME.test(name) ? name : '…'}=…`).join('&');
    const signedUrl = `${this.config.http.publicUrl}${path}${query && `?${query}`}`.slice(0, LONGEST_URL);
    // Plivo sends these two; of all others one kind, so that they cannot fill the list.
    const method = request.method === 'GET' || request.method === 'POST' ? request.method : 'other';
    return { path, method, signedUrl };
  }
}

/** Waited for twice at most: before the body is read, and after. */
const PATIENCE_MS = 600;
/** Their answers name a file, and no number. */
const SOUNDS = new Set([
  '/plivo/:authId/sessions/:sessionId/calls/:callId/callee-sound',
  '/plivo/:authId/ring-tone/:cadence',
]);
/** Signed in their own way: docs/texts.md. */
const ABOUT_MESSAGES = new Set([
  '/plivo/:authId/message',
  '/plivo/:authId/message-status',
  '/plivo/:authId/message-status/:forwardId',
]);
const AUTH_ID = /^(?:MA|SA)[A-Z0-9]{18}$/;
const PLAIN_NAME = /^[A-Za-z_]{1,40}$/;
const MOST_NAMES = 10;

interface Genuine {
  nonce: string;
  params: WebhookParams;
  /** What was signed beside the URL. */
  list: ParamList;
  isHint: boolean;
}

/** Of the reasons against a webhook the first that whoever set it up has to mend. */
function check(request: FastifyRequest, url: string, tokens: readonly string[]): Genuine | WebhookRefusal {
  const byHead = refusalByHead(request);
  if (byHead !== null) return byHead;
  const { method, body } = request;
  const isHint = isHintAlone(request);
  const nonce = nonceOf(request, isHint);
  const list = method === 'POST' && body instanceof FormBody ? body.params : [];
  const isReadable = method === 'GET' || body instanceof FormBody;
  if (nonce === undefined || !isReadable) return 'wrong-signature';
  const claim = { url, nonce, headers: signaturesOf(request, isHint), tokens };
  const isSigned = isHint
    ? isV2ByAny(claim)
    : isSignedByAny({ ...claim, method, params: list, isDoubleTaken: isAboutMessage(request) });
  if (!isSigned) return 'wrong-signature';
  // A GET's parameters are read as they were signed, by the same reader of queries.
  const params = webhookParams(method === 'GET' ? queryParams(splitUrl(url).query) : list);
  return params === null ? 'repeated-parameter' : { nonce, params, list, isHint };
}

function isAboutMessage(request: FastifyRequest): boolean {
  return ABOUT_MESSAGES.has(request.routeOptions.url ?? '');
}

/** A V3 that is wrong is not looked past. */
function isHintAlone(request: FastifyRequest): boolean {
  if (!isAboutMessage(request) || signaturesOf(request, false).some(Boolean)) return false;
  return signaturesOf(request, true).some(Boolean);
}

function refusalByHead(request: FastifyRequest): WebhookRefusal | null {
  const isHint = isHintAlone(request);
  if (isHint || signaturesOf(request, false).some(Boolean))
    return nonceOf(request, isHint) === undefined ? 'wrong-signature' : null;
  return V2_HEADERS.some((name) => singleHeader(request, name)) ? 'v2-only' : 'no-signature';
}

const V3_HEADERS = ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3'];
const V2_HEADERS = ['x-plivo-signature-v2', 'x-plivo-signature-ma-v2'];

/** What a request says that looks like a webhook, verified by nobody; null of all others. Nothing may be done for it that is not done for everybody. */
export function unverifiedParams(request: FastifyRequest): WebhookParams | null {
  if (refusalByHead(request) !== null) return null;
  if (request.method === 'GET') return webhookParams(queryParams(splitUrl(request.originalUrl).query));
  return request.body instanceof FormBody ? webhookParams(request.body.params) : null;
}

/** The webhook that the guard has verified; a route without the guard is closed. */
export function webhookOf(request: FastifyRequest): VerifiedWebhook {
  if (!request.webhook) throw new WebhookRefused();
  return request.webhook;
}

/** Whose sound is fetched, of a request that the guard has let in. */
export function soundAccountOf(request: FastifyRequest): string {
  return request.unsignedSoundOf ?? webhookOf(request).accountId;
}

function nonceOf(request: FastifyRequest, isV2: boolean): string | undefined {
  return singleHeader(request, `x-plivo-signature-${isV2 ? 'v2' : 'v3'}-nonce`);
}

function signaturesOf(request: FastifyRequest, isV2: boolean): (string | undefined)[] {
  return (isV2 ? V2_HEADERS : V3_HEADERS).map((name) => singleHeader(request, name));
}

function singleHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
