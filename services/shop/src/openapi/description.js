import { accountOperations, orderOperations, shopOperations } from './operations.js';
import { schemas } from './schemas.js';

/** Return the description of the JSON API in OpenAPI 3.1: of what this process answers, with its own version. */
export function describeApi({ version, accounts, orders }) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Greenlight Goods',
      version,
      description: 'A session is a cookie that POST /api/session sets. Every answer carries X-Environment and X-Version.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: { ...shopOperations, ...(accounts && accountOperations), ...(orders && orderOperations) },
    components: { schemas },
  };
}
