export { publishPages } from './publish-pages.js';
