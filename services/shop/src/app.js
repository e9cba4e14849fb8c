import express from 'express';
import { answerHeaders } from './answer-headers.js';
import { refuseCrossOrigin } from './cross-origin.js';
import { createLog } from './log.js';
import { createPages } from './pages.js';
import { assets } from './routes/assets.js';
import { cartApi } from './routes/cart-api.js';
import { cartPages } from './routes/cart-pages.js';
import { errorAnswer, notFound } from './routes/errors.js';
import { health } from './routes/health.js';
import { products } from './routes/products.js';

/**
 * Build the application; it does not listen.
 *
 * `carts` has read, put, add and remove (see DynamoCarts); tests give one that lives in memory.
 */
export function createApp({ config, catalog, carts, lifecycle, log = createLog(config) }) {
  const pages = createPages(config);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(answerHeaders(config, lifecycle));
  app.get('/health', health({ config, lifecycle }));
  app.use(products({ catalog, pages }));
  app.get('/assets/shop.css', assets());
  app.use(refuseCrossOrigin);
  app.use(cartApi({ catalog, carts }));
  app.use(cartPages({ catalog, carts, pages }));
  app.use(notFound);
  app.use(errorAnswer({ pages, log }));
  return app;
}
