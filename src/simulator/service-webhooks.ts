/** Where a service that is reached at `publicUrl` takes the account's calls, with the repeats that its README has entered at Plivo. */
export function serviceWebhooks(publicUrl: string, authId: string): { answerUrl: string; hangupUrl: string } {
  const base = `${publicUrl}/plivo/${authId}`;
  return {
    answerUrl: `${base}/answer#ct=2000&rt=5000&rc=2&rp=all`,
    hangupUrl: `${base}/hangup#ct=2000&rt=5000&rc=5&rp=all`,
  };
}
