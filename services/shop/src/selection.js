import { InvalidRequestError, UnknownCategoryError } from './errors.js';

/** The longest search in characters: nothing here has a longer name, and the work stays small. */
export const LONGEST_SEARCH = 100;

/**
 * Return what a query string asks of the catalog: `{ text, category, products }`, an absent or empty part being all.
 *
 * Throws InvalidRequestError for a part that is given twice or too long, UnknownCategoryError for a category that is
 * not sold here.
 */
export function selectProducts(query, catalog) {
  const text = once(query, 'q').trim();
  const category = once(query, 'category') || undefined;
  if (text.length > LONGEST_SEARCH) {
    throw new InvalidRequestError(`q must be at most ${LONGEST_SEARCH} characters, got ${text.length}. Search for fewer words.`);
  }
  if (category && !catalog.categories.some(({ id }) => id === category)) {
    throw new UnknownCategoryError(category.slice(0, 40), catalog.categories);
  }
  return { text, category, products: catalog.search({ text, category }) };
}

function once(query, name) {
  const value = query[name] ?? '';
  if (typeof value !== 'string') throw new InvalidRequestError(`${name} must be given once, got ${value.length} times.`);
  return value;
}
