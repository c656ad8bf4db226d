const CODE = [...'100'].map((digit) => digit.charCodeAt(0));
const CODE_AT = 'HTTP/1.1 '.length;
const ZERO_TO_TWO = '2'.charCodeAt(0);
const [CR, LF, ONE] = ['\r', '\n', '1'].map((sign) => sign.charCodeAt(0));

/**
 * Some servers send `100 Continue` to whom has not asked for it, which RFC 9110 15.2 says is to be passed over. undici ends the connection for it, and
 * passes over every other interim answer, so the code becomes 102 on its way to undici. Fed the bytes of one answer, in pieces of any size, from the first on.
 */
export class UnaskedContinue {
  /** Bytes since a head began; -1 once the last answer's has. */
  private place = 0;
  /** Bytes of the code that are those of 100. */
  private matched = 0;
  /** Since the last line's end nothing but a carriage return. */
  private isLineEmpty = false;

  /** Changes the piece where it must. */
  rewrite(piece: Buffer): void {
    for (let index = 0; index < piece.length && this.place >= 0; index++) {
      const byte = piece[index];
      const isLineEnd = byte === CR || byte === LF;
      // Empty lines ahead of a status line are passed over by the parser too.
      if (this.place === 0 && isLineEnd) continue;
      if (this.isOf100(byte)) piece[index] = ZERO_TO_TWO;
      if (this.place < 0) return;
      this.place++;
      if (byte === LF && this.isLineEmpty) this.beginHead();
      else if (byte !== CR) this.isLineEmpty = byte === LF;
    }
  }

  /** Whether this byte is the last digit of a code of 100. A code that is no interim answer's ends the search. */
  private isOf100(byte: number | undefined): boolean {
    const digit = this.place - CODE_AT;
    if (digit < 0 || digit >= CODE.length) return false;
    if (digit === 0 && byte !== ONE) this.place = -1;
    if (byte === CODE[digit]) this.matched++;
    return this.matched === CODE.length;
  }

  private beginHead(): void {
    this.place = 0;
    this.matched = 0;
    this.isLineEmpty = false;
  }
}
