import { ShopError } from '../errors.js';
import { BusyError } from './errors.js';

/**
 * Do what a form asks for. When it is refused, set the answer's status and return what the form says about it.
 *
 * What is nobody's mistake and has to be logged goes on to the one place where errors become answers.
 */
export async function refusalOf(deed, res) {
  try {
    await deed();
    return undefined;
  } catch (error) {
    if (!isForForm(error)) throw error;
    res.status(error.status);
    if (error.retryAfterSeconds) res.setHeader('Retry-After', error.retryAfterSeconds);
    return error.fields ? { fields: error.fields } : { message: error.message };
  }
}

function isForForm(error) {
  return error instanceof BusyError || (error instanceof ShopError && error.status < 500);
}
