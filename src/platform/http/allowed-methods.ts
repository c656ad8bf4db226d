import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods that a path exists with; empty when it does not exist. HEAD goes with GET and is not named. */
    methodsOf: (path: string) => string[];
  }
}

/** Remembers the routes as they are registered: the router answers 404 whether the path or only the method is unknown. */
export function rememberRoutes(instance: FastifyInstance): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  instance.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const route = routes.get(url) ?? { pattern: asPattern(url), methods: new Set<string>() };
    for (const name of [method].flat()) if (name !== 'HEAD') route.methods.add(name);
    routes.set(url, route);
  });
  instance.decorate('methodsOf', (path: string) => {
    const matching = [...routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  });
}

function asPattern(url: string): RegExp {
  const parts = url.split(/:[A-Za-z_]+/).map((text) => text.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^/]+')}/?$`);
}
