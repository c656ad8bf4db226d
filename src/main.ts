import { start } from './serve.js';

/** The service from its own files. What `npm start` runs is `start.ts`, from one text. */
start(process.env, process.argv.slice(2));
