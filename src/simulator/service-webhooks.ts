/** Where a service that is reached at `publicUrl` takes the account's calls and messages, with the repeats that its README has entered at Plivo. */
export function serviceWebhooks(
  publicUrl: string,
  authId: string,
  fragments: 'on' | 'off' = 'on',
): { answerUrl: string; hangupUrl: string; messageUrl: string } {
  const base = `${publicUrl}/plivo/${authId}`;
  const [answerUrl, hangupUrl, messageUrl] = [`${base}/answer`, `${base}/hangup`, `${base}/message`];
  if (fragments === 'off') return { answerUrl, hangupUrl, messageUrl };
  return {
    answerUrl: `${answerUrl}#ct=2000&rt=5000&rc=2&rp=all`,
    hangupUrl: `${hangupUrl}#ct=2000&rt=5000&rc=5&rp=all`,
    messageUrl,
  };
}
