import type { WebhookKind } from '../rules/faults.js';
import type { Settings } from '../rules/settings.js';
import { signatureHeaders, signV3Double, type SignedRequest } from './signature.js';

const SOUNDS: ReadonlySet<WebhookKind> = new Set(['confirm-sound', 'dial-music']);
const ABOUT_MESSAGES: ReadonlySet<WebhookKind> = new Set(['message', 'message-status']);

/** As this Plivo signs a webhook of that kind. */
export function headersOf(
  kind: WebhookKind,
  settings: Settings,
  signing: SignedRequest,
  by: { owner: string; main: string },
): Record<string, string> {
  const signature = signatureHeaders(signing, by);
  if (SOUNDS.has(kind)) return headersOfSound(signature, settings);
  return ABOUT_MESSAGES.has(kind) ? headersOfMessage(signature, settings, signing, by) : signature;
}

function headersOfSound(signature: Record<string, string>, { sound_signature }: Settings): Record<string, string> {
  if (sound_signature === 'v3') return signature;
  return Object.fromEntries(
    Object.entries(signature).filter(([name]) => sound_signature === 'v2' && name.includes('-V2')),
  );
}

function headersOfMessage(
  signature: Record<string, string>,
  { text_signature: habit }: Settings,
  signing: SignedRequest,
  { owner, main }: { owner: string; main: string },
): Record<string, string> {
  const only = (wanted: RegExp) => Object.fromEntries(Object.entries(signature).filter(([name]) => wanted.test(name)));
  switch (habit) {
    case 'all':
      return signature;
    case 'main':
      return only(/-(?:Ma-V3|V3-Nonce)$/);
    case 'v2':
      return only(/-V2/);
    case 'double':
      return {
        ...signature,
        'X-Plivo-Signature-V3': signV3Double(signing, owner),
        'X-Plivo-Signature-Ma-V3': signV3Double(signing, main),
      };
    case 'wrong-v3':
      return { ...only(/-V2|-V3-Nonce$/), 'X-Plivo-Signature-V3': signV3Double(signing, `not ${owner}`) };
  }
}
