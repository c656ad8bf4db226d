/** One event of a stream of server-sent events. */
export interface StreamEvent {
  id: string;
  event: string;
  data: string;
}

/** An event is some kB; what never ends is none. */
const LONGEST = 1024 * 1024;

/** Reads server-sent events as they come; `heard` is called with every piece, comments too. */
export async function* streamEvents(
  pieces: AsyncIterable<Uint8Array>,
  heard: () => void = () => undefined,
): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of pieces) {
    heard();
    text += decoder.decode(piece, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    if (text.length > LONGEST) throw new Error(`expected an event of at most ${LONGEST} characters`);
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) yield event;
    }
  }
}

/** Null for comments, and for what has no data. */
function eventOf(block: string): StreamEvent | null {
  const event: StreamEvent = { id: '', event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') event.data += (event.data === '' ? '' : '\n') + value;
    else if (name !== '') event[name as 'id' | 'event'] = value;
  }
  return event.data === '' ? null : event;
}
