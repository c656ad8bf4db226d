import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { shippedFile } from './shipped-file.js';

/** One file a language; what they do is told at their top. */
const FILES = [
  'plivo-here.cjs',
  'plivo_here.py',
  'plivo_here.rb',
  'plivo_here.php',
  'plivohere.go',
  'PlivoHere.java',
  'PlivoHere.cs',
] as const;

const TEXT = 'text/plain; charset=utf-8';

/** Serves `docs/sdk/` as texts: the files that send an official SDK's masking requests here. No other name is looked for on the disk. */
export function publishSdkFiles(instance: FastifyInstance): void {
  const list = FILES.map((name) => `/docs/sdk/${name}\n`).join('');
  for (const path of ['/docs/sdk', '/docs/sdk/']) instance.get(path, (_, reply) => void reply.type(TEXT).send(list));
  for (const name of FILES)
    instance.get(
      `/docs/sdk/${name}`,
      (_, reply) => void reply.type(TEXT).send(readFileSync(shippedFile(`docs/sdk/${name}`))),
    );
}
