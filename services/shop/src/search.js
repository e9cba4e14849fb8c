const MARKS = /\p{M}/gu;
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;

/**
 * Return the search of a catalog: from words, and perhaps a category, to the products in the order of the catalog.
 *
 * A product is found when each word begins a word of its name, its description or its category's name, whatever the
 * case and the accents: `café` finds `Cafe`. No words find everything. The catalog's side is prepared once.
 */
export function createSearch(products, categories) {
  const nameOf = new Map(categories.map(({ id, name }) => [id, name]));
  const textOf = ({ name, description, category }) => [name, description, nameOf.get(category) ?? ''].join(' ');
  const prepared = products.map((product) => ({ product, words: wordsOf(textOf(product)) }));
  return ({ text = '', category } = {}) => {
    const wanted = wordsOf(text);
    return prepared
      .filter(({ product }) => category === undefined || product.category === category)
      .filter(({ words }) => wanted.every((word) => words.some((each) => each.startsWith(word))))
      .map(({ product }) => product);
  };
}

/** Return the words of a text without case and accents: NFKD takes a letter and its marks apart (Unicode, annex 15). */
function wordsOf(text) {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase().split(BETWEEN_WORDS).filter(Boolean);
}
