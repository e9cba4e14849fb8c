import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { DEADLINE_MS } from '../carts.js';
import { AccountsUnavailableError, EmailTakenError, LoggedOutError } from './errors.js';

/** The shape of an account's item. A later version adds attributes, and reads what an earlier one wrote. */
const SCHEMA = 1;

/**
 * The accounts in DynamoDB: one item per account, found by the e-mail address in lower case.
 *
 * An item has `email` (the key), `email_given` (as its person writes it), `account_id` (orders are kept by it),
 * `password_hash`, `cart_id`, `created_at` (ISO 8601), `schema`, and `generation`: it grows with each change of the
 * password, and a session of an earlier one counts no more.
 * Each method throws AccountsUnavailableError when DynamoDB does not help.
 */
export class DynamoAccounts {
  #table;
  #client;

  constructor({ table, client }) {
    this.#table = table;
    this.#client = client;
  }

  /** Return the account, or undefined. */
  async find(key) {
    const { Item: item } = await this.#send(new GetCommand({ ...this.#address(key), ConsistentRead: true }));
    return item;
  }

  /** Keep a new account and return it, or throw EmailTakenError. What a try wrote whose answer was lost is its own. */
  async create(account) {
    const item = { ...account, generation: 1, schema: SCHEMA };
    const condition = 'attribute_not_exists(email) OR account_id = :own';
    await this.#send(
      new PutCommand({
        TableName: this.#table,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeValues: { ':own': account.account_id },
      }),
      () => new EmailTakenError(),
    );
    return item;
  }

  /** Set a new password and return the account, or throw LoggedOutError when somebody else was faster. */
  async changePassword({ email, generation }, hash) {
    const { Attributes: item } = await this.#send(
      new UpdateCommand({
        ...this.#address(email),
        UpdateExpression: 'SET password_hash = :hash, generation = :next',
        ConditionExpression: 'generation = :generation OR password_hash = :hash',
        ExpressionAttributeValues: { ':hash': hash, ':next': generation + 1, ':generation': generation },
        ReturnValues: 'ALL_NEW',
      }),
      () => new LoggedOutError(),
    );
    return item;
  }

  async #send(command, refusal = (error) => new AccountsUnavailableError(error)) {
    try {
      return await this.#client.send(command, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
    } catch (error) {
      if (error.name === 'ConditionalCheckFailedException') throw refusal(error);
      throw new AccountsUnavailableError(error);
    }
  }

  #address(key) {
    return { TableName: this.#table, Key: { email: key } };
  }
}
