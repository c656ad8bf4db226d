import { isSignedByAny, signV3 } from './signature.js';

/** With a signature that Plivo's SDK takes for its own. */
const EXAMPLE = {
  method: 'POST',
  url: 'https://mask.example.com/voice/answer',
  params: [
    ['CallUUID', '0f2b4d7e-6a11-4c52-9a57-5d6f0e3c9b10'],
    ['From', '14155550111'],
    ['To', '14155550100'],
    ['Direction', 'inbound'],
    ['CallStatus', 'ringing'],
    ['Event', 'StartApp'],
  ],
  nonce: '71362294061850412275',
} as const;
const EXAMPLE_TOKEN = 'MjFhNmE4ZGJlOTkxYjA2YWQ5YzU1YTRkYzg3YjAy';
const EXAMPLE_SIGNATURE = 'hr2m7ZAvblkqKSs8Zoz1ceiruLYtQ6/g7IIT5seQG6E=';

/** Whether a known signature comes out, and whether what each token signs for a webhook below `publicUrl` is taken, and nothing else is. */
export function signatureSelfTest(publicUrl: string, tokens: readonly string[]): boolean {
  if (signV3({ ...EXAMPLE, token: EXAMPLE_TOKEN }) !== EXAMPLE_SIGNATURE) return false;
  const webhook = { ...EXAMPLE, url: `${publicUrl}/plivo/MASELFTEST0000000000/answer` };
  return tokens.every((token) => {
    const headers = [signV3({ ...webhook, token })];
    return (
      isSignedByAny({ ...webhook, headers, tokens: [token] }) &&
      !isSignedByAny({ ...webhook, headers, tokens: [`${token}x`] })
    );
  });
}
