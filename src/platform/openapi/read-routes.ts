import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { documentationOf, type Documentation, type DtoClass } from './documented.js';

/** Parameters of a handler, as Nest numbers their kinds. */
const BODY = 3;
const QUERY = 4;

/** Under which `@ApiTags` and `@ApiExtension` keep what they are told. */
const TAGS = 'swagger/apiUseTags';
const EXTENSION = 'swagger/apiExtension';

export interface DescribedRoute {
  /** In small letters, as documents have it. */
  method: string;
  /** `/admin/accounts/{auth_id}`. */
  path: string;
  /** Undefined for a route that nobody has described. */
  documentation: Documentation | undefined;
  /** Of the handler's own parameters, where they have one. */
  bodyClass: DtoClass | undefined;
  queryClass: DtoClass | undefined;
  tags: string[];
  extensions: Record<string, unknown>;
}

/** Every route of every controller, from what the decorators have left. */
export function readRoutes(app: NestFastifyApplication): DescribedRoute[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype as unknown as ControllerClass),
  );
  return [...new Set(controllers)].flatMap(routesOf);
}

interface ControllerClass {
  prototype: Record<string, object | undefined>;
}

function routesOf(controller: ControllerClass): DescribedRoute[] {
  const { prototype } = controller;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function') return [];
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const route = {
      path: pathOf(controller, handler),
      documentation: documentationOf(handler),
      bodyClass: classOf(controller, name, BODY),
      queryClass: classOf(controller, name, QUERY),
      tags: (Reflect.getMetadata(TAGS, controller) ?? []) as string[],
      extensions: (Reflect.getMetadata(EXTENSION, handler) ?? {}) as Record<string, unknown>,
    };
    // Plivo's webhooks are routed with any method, so that a wrong one is refused like a wrong signature.
    if (method !== RequestMethod.ALL) return [{ ...route, method: RequestMethod[method].toLowerCase() }];
    const { documentation } = route;
    const byGet = documentation && { ...documentation, operationId: `${documentation.operationId}ByGet` };
    return [
      { ...route, method: 'post' },
      { ...route, method: 'get', documentation: byGet },
    ];
  });
}

function pathOf(controller: object, handler: object): string {
  const parts = [
    Reflect.getMetadata(PATH_METADATA, controller),
    Reflect.getMetadata(PATH_METADATA, handler),
  ] as string[];
  const path = parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/');
  return `/${path.replace(/:(\w+)/g, '{$1}')}`;
}

function classOf(controller: ControllerClass, name: string, kind: number): DtoClass | undefined {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const found = Object.entries(parameters).find(([key]) => key.startsWith(`${kind}:`))?.[1];
  if (found === undefined || found.data !== undefined) return undefined;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype, name) ?? []) as unknown[];
  const type = types[found.index];
  return typeof type === 'function' && type !== Object && type !== String ? (type as DtoClass) : undefined;
}
