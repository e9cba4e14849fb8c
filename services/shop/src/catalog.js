import { createSearch } from './search.js';

const CURRENCY = 'USD';
const MOST_RELATED = 3;

const PRODUCTS = [
  {
    id: 'enamel-mug',
    name: 'Enamel mug',
    category: 'coffee',
    description: 'Steel under two coats of enamel, 350 ml. Survives the dishwasher, the campfire and the office kitchen.',
    price_cents: 1400,
  },
  {
    id: 'pour-over-dripper',
    name: 'Pour-over dripper',
    category: 'coffee',
    description: 'Ribbed stoneware for number 2 filters. One cup at a time, ready in three unhurried minutes.',
    price_cents: 2600,
  },
  {
    id: 'gooseneck-kettle',
    name: 'Gooseneck kettle',
    category: 'coffee',
    description: 'A slim spout for a steady pour. Brushed steel, 0.9 l, for gas, electric and induction.',
    price_cents: 5900,
  },
  {
    id: 'hand-grinder',
    name: 'Hand grinder',
    category: 'coffee',
    description: 'Conical steel burrs, 24 settings, 30 g of beans in under a minute. Packs as small as a bottle.',
    price_cents: 7200,
  },
  {
    id: 'dot-notebook',
    name: 'Dot notebook',
    category: 'desk',
    description: '160 dotted pages of 100 g paper that lie flat. Numbered, with an index, bound in gray linen.',
    price_cents: 1900,
  },
  {
    id: 'desk-lamp',
    name: 'Desk lamp',
    category: 'desk',
    description: 'A jointed arm, a warm LED and a real switch. Clamps to tables up to 6 cm thick.',
    price_cents: 8800,
  },
  {
    id: 'canvas-tote',
    name: 'Canvas tote',
    category: 'home',
    description: 'Heavy organic cotton with long handles and one inner pocket. Holds a laptop, or eleven mugs.',
    price_cents: 2200,
  },
  {
    id: 'wool-blanket',
    name: 'Wool blanket',
    category: 'home',
    description: 'Woven from recycled wool, 130 by 190 cm, with a fringe on the short sides. Warm without being heavy.',
    price_cents: 9400,
  },
];

/** The shelves of the shop in the order in which they are shown; a product names its shelf by its id. */
const CATEGORIES = [
  { id: 'coffee', name: 'Coffee' },
  { id: 'desk', name: 'Desk' },
  { id: 'home', name: 'Home and travel' },
];

/**
 * Return the products in the order of the shop window, ways to find some, and the categories.
 *
 * Prices are whole US cents: sums of money never touch fractions.
 */
export function createCatalog(products = PRODUCTS, categories = CATEGORIES) {
  const all = Object.freeze(products.map((product) => Object.freeze({ ...product, currency: CURRENCY })));
  const byId = new Map(all.map((product) => [product.id, product]));
  return Object.freeze({
    all,
    categories: Object.freeze(categories),
    currency: CURRENCY,
    find: (id) => byId.get(id),
    related: (product) => relatedTo(product, all),
    search: createSearch(all, categories),
  });
}

/** Return up to three other products of the same category, in the order of the shop window. */
function relatedTo({ id, category }, all) {
  return all.filter((other) => other.category === category && other.id !== id).slice(0, MOST_RELATED);
}
