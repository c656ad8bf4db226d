import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** OpenAPI 3.1 at /openapi.json and a page at /docs, both offline. The document is made when it is first asked for, not at start. */
export function publishOpenApi(app: NestFastifyApplication, publicUrl: string): void {
  let document: OpenAPIObject | undefined;
  const describe = (): OpenAPIObject => {
    document ??= SwaggerModule.createDocument(
      app,
      new DocumentBuilder()
        .setOpenAPIVersion('3.1.0')
        .setTitle('Number masking')
        .setDescription(
          'Two people talk by phone through a virtual number; neither learns the other one. Plivo-compatible masking API and admin API.',
        )
        .setVersion('1')
        .addServer(publicUrl)
        .addBasicAuth()
        .addBearerAuth()
        .build(),
    );
    return document;
  };
  SwaggerModule.setup('docs', app, describe, { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' });
}
