/** When of the last of a text's media it is known whether it is passed on. */
export class MediaSettled {
  static readonly eventName = 'text-media.settled';
  constructor(
    readonly accountId: string,
    readonly forwardId: string,
  ) {}
}
