const channel = new BroadcastChannel('masking-console');

/** Other tabs have the same cookie: what they show is no longer of who asks. */
export function tellOtherTabs(): void {
  channel.postMessage('login');
}

/** Calls back when in another tab somebody has signed in or out. */
export function onOtherTab(listener: () => void): () => void {
  channel.addEventListener('message', listener);
  return () => channel.removeEventListener('message', listener);
}
