import { connect, connectPlain } from '../carts.js';
import { DynamoAccounts } from './accounts.js';
import { DynamoAttempts } from './attempts.js';
import { CartTakeover } from './cart-takeover.js';
import { createAccounts } from './create.js';
import { SessionStore } from './session-store.js';

/** Return the accounts with their data in DynamoDB, or undefined when the environment names no tables for them. */
export function accountsOnDynamoDb({ config: { region, cartTable, accounts: names }, carts, log }) {
  if (!names) return undefined;
  const client = connect(region, { tries: 2 });
  return createAccounts({
    secrets: names.secrets,
    store: new SessionStore({ table: names.sessionTable, client: connectPlain(region, { tries: 2 }), log }),
    accounts: new DynamoAccounts({ table: names.accountTable, client }),
    attempts: new DynamoAttempts({ table: names.sessionTable, client }),
    takeover: new CartTakeover({ table: cartTable, client, carts }),
    log,
  });
}
