declare module 'pngjs' {
  /** As much of it as the comparison of pictures uses. */
  export class PNG {
    constructor(size: { width: number; height: number });
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
    static readonly sync: { read(bytes: Uint8Array): PNG; write(picture: PNG): Buffer };
  }
}
