import { inspector } from './inspector.ts';
import { phones } from './phones.ts';
import { shared } from './shared.ts';
import { start } from './start.ts';

/** Every word that the pages show. Another language is another set of these files. */
export const texts = { shared, start, phones, inspector };
