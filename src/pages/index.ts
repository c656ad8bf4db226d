export { publishPages, type PageFacts } from './publish-pages.js';
