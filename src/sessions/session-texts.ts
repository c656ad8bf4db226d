import { ownTextDefault, type EffectiveSettings } from '../accounts/index.js';
import { requireTextRoute } from '../number-pool/index.js';
import type { Tx } from '../platform/database/database.js';
import { InvalidParameter } from '../platform/errors.js';
import type { E164 } from '../telephony/phone.js';
import { takesMedia } from '../telephony/text-reach.js';
import type { SessionSettings } from './session.entity.js';
import type { SessionRecord } from './session-record.js';
import type { UpdateSessionDto } from './session-request.dto.js';
import { TextsOff } from './sessions.errors.js';

/** Of the account's settings. Nobody has texts where nothing is said of them. */
export type TextTerms = Partial<Pick<EffectiveSettings, 'texts' | 'messaging_default' | 'messaging_media'>>;

/** What a request makes of a session's texts; a session that never had any has no word of them. `now`: of the request. */
export function withTexts(before: SessionSettings, request: UpdateSessionDto, now: number): SessionSettings {
  const { messaging, message_callback_url: url, message_callback_method: method } = request;
  const settings = {
    ...before,
    ...(url !== undefined && { message_callback_url: url }),
    ...(method !== undefined && { message_callback_method: method }),
  };
  if (messaging === undefined || messaging === (settings.messaging ?? false)) return settings;
  return messaging ? { ...settings, messaging, messaging_since: now } : { ...settings, messaging };
}

/** A request for a new session, with what its subaccount, else the account, has decided where it does not say. A default asks for nothing that a client could be refused for. */
export async function withTextDefault<Request extends UpdateSessionDto>(
  tx: Tx,
  { subaccountId }: Pick<SessionRecord, 'subaccountId'>,
  request: Request,
  { force_pin_authentication: isForced }: Pick<SessionSettings, 'force_pin_authentication'>,
  { texts, messaging_default: ofAccount = false }: TextTerms,
): Promise<Request> {
  if (request.messaging !== undefined || texts !== 'on' || isForced) return request;
  const own = subaccountId === null ? null : await ownTextDefault(tx, subaccountId);
  return (own ?? ofAccount) ? { ...request, messaging: true } : request;
}

/** Whether a session is better off with a number over which pictures go, too. */
export function prefersMedia(
  { settings, parties }: Pick<SessionRecord, 'settings' | 'parties'>,
  { messaging_media: isOn }: TextTerms,
): boolean {
  const { first, second } = parties;
  return (
    settings.messaging === true && isOn === true && [first, second].every((one) => !one || takesMedia(one as E164))
  );
}

/** The same session without texts. */
export function withoutTexts(settings: SessionSettings): SessionSettings {
  const { messaging: _, messaging_since: __, ...others } = settings;
  return others;
}

/** From now on texts are between other people than before. */
export function withTextsSince(settings: SessionSettings, now: number): SessionSettings {
  return settings.messaging_since === undefined ? settings : { ...settings, messaging_since: now };
}

/** Refuses texts where the account has none, and beside a PIN for everybody: nobody types one into a text. */
export function requireTextsOn(
  { messaging }: UpdateSessionDto,
  settings: Pick<SessionSettings, 'force_pin_authentication'>,
  { texts }: TextTerms,
): void {
  if (messaging !== true) return;
  if (texts !== 'on') throw new TextsOff();
  if (settings.force_pin_authentication)
    throw new InvalidParameter(
      'Invalid parameter. messaging and force_pin_authentication exclude each other: there is no PIN by text',
      'messaging',
    );
}

/** A session's number is never exchanged, so texts that begin in it, or with somebody else, need one that has them. */
export async function requireRouteOf(tx: Tx, before: SessionRecord, after: SessionRecord): Promise<void> {
  if (after.settings.messaging !== true) return;
  const isSame = before.firstIndex === after.firstIndex && before.secondIndex === after.secondIndex;
  if (isSame && before.settings.messaging === true) return;
  const { first, second } = after.parties;
  const people = [first, second].filter((one): one is E164 => one !== null);
  await requireTextRoute(tx, after.virtualNumberId, people);
}
