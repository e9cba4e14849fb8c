import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../assets/shop.css', import.meta.url));
const digest = createHash('sha256').update(css).digest('hex').slice(0, 12);

/** The stylesheet's bytes, the digest in its address, and the address that pages link to. */
export const stylesheet = Object.freeze({ css, digest, href: `/assets/shop.css?v=${digest}` });
