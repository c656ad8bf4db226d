/** The keys of one phone in one call. Whoever listens last gets them; a key that nobody waits for is lost. */
export class Keypad {
  private listener: ((key: string) => void) | null = null;

  /** The answer stops listening. */
  listen(listener: (key: string) => void): () => void {
    this.listener = listener;
    return () => {
      if (this.listener === listener) this.listener = null;
    };
  }

  press(keys: string): void {
    for (const key of keys) this.listener?.(key);
  }
}
