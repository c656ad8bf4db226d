import { loadService } from './load-service.js';

/** What `node` is given. */
loadService().start(process.env, process.argv.slice(2));
