type Lane = 'phone' | 'plivo' | 'service' | 'you';

export interface Step {
  at: string;
  lane: Lane;
  words: string;
  kind: 'connected' | 'ringing' | 'failed' | 'ended' | null;
}
