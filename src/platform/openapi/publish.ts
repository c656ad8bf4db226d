import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { pageHeaders } from '../http/protective-headers.js';
import { buildDocument, type OpenApiDocument } from './build-document.js';
import { readRoutes } from './read-routes.js';
import type { Schema } from './schemas.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const SIMULATOR = '/simulator/';
const API = { title: 'Number masking', url: 'openapi.json' };
const SIMULATED = { title: 'Simulated Plivo', url: 'simulator/openapi.json' };

/** Of Swagger UI, with their types. No other name is looked for on the disk. */
const FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

export interface Published {
  publicUrl: string;
  version: string;
  hasSimulator: boolean;
  /** What is sent to customers. */
  webhooks: () => Record<string, Schema>;
}

/** OpenAPI 3.1 at /openapi.json and a page at /docs, both offline. A document is made when it is first asked for, not at start. */
export function publishOpenApi(
  app: NestFastifyApplication,
  { publicUrl, version, hasSimulator, webhooks }: Published,
): void {
  const instance = app.getHttpAdapter().getInstance() as FastifyInstance;
  const routes = (isSimulator: boolean) =>
    readRoutes(app).filter(({ path }) => path.startsWith(SIMULATOR) === isSimulator);
  const documents = {
    [API.url]: once(() => buildDocument({ ...ABOUT_API, version, publicUrl }, routes(false), webhooks())),
    ...(hasSimulator && {
      [SIMULATED.url]: once(() => buildDocument({ ...ABOUT_SIMULATOR, version, publicUrl }, routes(true))),
    }),
  };
  for (const [url, document] of Object.entries(documents))
    instance.get(`/${url}`, (_, reply) => void reply.type(JSON_TYPE).send(document()));
  // All JSON is YAML.
  instance.get('/openapi.yaml', (_, reply) => void reply.type('text/yaml; charset=utf-8').send(documents[API.url]?.()));
  publishPage(instance, new URL(publicUrl).origin, [API, ...(hasSimulator ? [SIMULATED] : [])]);
}

const ABOUT_API = {
  title: API.title,
  description:
    'Two people talk by phone through a virtual number; neither learns the other one. Plivo-compatible masking API and admin API.',
};
const ABOUT_SIMULATOR = {
  title: SIMULATED.title,
  description:
    'A Plivo for development: its REST API as far as this service uses it, and what people do at their phones.',
};

function once(make: () => OpenApiDocument): () => string {
  let made: string | undefined;
  return () => (made ??= JSON.stringify(make()));
}

/** The page may stand behind a path of its own, so all its addresses are relative to it. */
function publishPage(instance: FastifyInstance, origin: string, documents: { title: string; url: string }[]): void {
  const headers = pageHeaders([origin]);
  instance.get('/docs', (_, reply) => void reply.headers(headers).send(page('docs/')));
  instance.get('/docs/', (_, reply) => void reply.headers(headers).send(page('')));
  instance.get('/docs/show.js', (_, reply) => void reply.type(FILES['swagger-ui-bundle.js']).send(script(documents)));
  for (const [name, type] of Object.entries(FILES))
    instance.get(`/docs/${name}`, (_, reply) => {
      const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
      void reply.type(type).send(readFileSync(join(folder, name)));
    });
}

function page(folder: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Number masking: API</title>
<link rel="stylesheet" href="./${folder}swagger-ui.css">
<link rel="icon" type="image/png" href="./${folder}favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="./${folder}swagger-ui-bundle.js"></script>
<script src="./${folder}swagger-ui-standalone-preset.js"></script>
<script src="./${folder}show.js"></script>
</body>
</html>
`;
}

/** Looks for the documents from where the script itself came, which is a folder beside them. */
function script(documents: { title: string; url: string }[]): string {
  const urls = documents.map(({ title, url }) => ({ name: title, url: `../${url}` }));
  return `'use strict';
const base = document.currentScript.src;
const urls = ${JSON.stringify(urls)}.map(({ name, url }) => ({ name, url: new URL(url, base).href }));
SwaggerUIBundle({
  urls,
  dom_id: '#swagger-ui',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  validatorUrl: null,
});
`;
}
