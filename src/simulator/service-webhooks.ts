/** Where a service that is reached at `publicUrl` takes the account's calls, with the repeats that its README has entered at Plivo. */
export function serviceWebhooks(
  publicUrl: string,
  authId: string,
  fragments: 'on' | 'off' = 'on',
): { answerUrl: string; hangupUrl: string } {
  const base = `${publicUrl}/plivo/${authId}`;
  const [answerUrl, hangupUrl] = [`${base}/answer`, `${base}/hangup`];
  if (fragments === 'off') return { answerUrl, hangupUrl };
  return {
    answerUrl: `${answerUrl}#ct=2000&rt=5000&rc=2&rp=all`,
    hangupUrl: `${hangupUrl}#ct=2000&rt=5000&rc=5&rp=all`,
  };
}
