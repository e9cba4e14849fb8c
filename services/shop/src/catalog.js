const CURRENCY = 'USD';

const PRODUCTS = [
  {
    id: 'enamel-mug',
    name: 'Enamel mug',
    description: 'Steel under two coats of enamel, 350 ml. Survives the dishwasher, the campfire and the office kitchen.',
    price_cents: 1400,
  },
  {
    id: 'pour-over-dripper',
    name: 'Pour-over dripper',
    description: 'Ribbed stoneware for number 2 filters. One cup at a time, ready in three unhurried minutes.',
    price_cents: 2600,
  },
  {
    id: 'gooseneck-kettle',
    name: 'Gooseneck kettle',
    description: 'A slim spout for a steady pour. Brushed steel, 0.9 l, for gas, electric and induction.',
    price_cents: 5900,
  },
  {
    id: 'hand-grinder',
    name: 'Hand grinder',
    description: 'Conical steel burrs, 24 settings, 30 g of beans in under a minute. Packs as small as a bottle.',
    price_cents: 7200,
  },
  {
    id: 'dot-notebook',
    name: 'Dot notebook',
    description: '160 dotted pages of 100 g paper that lie flat. Numbered, with an index, bound in gray linen.',
    price_cents: 1900,
  },
  {
    id: 'desk-lamp',
    name: 'Desk lamp',
    description: 'A jointed arm, a warm LED and a real switch. Clamps to tables up to 6 cm thick.',
    price_cents: 8800,
  },
  {
    id: 'canvas-tote',
    name: 'Canvas tote',
    description: 'Heavy organic cotton with long handles and one inner pocket. Holds a laptop, or eleven mugs.',
    price_cents: 2200,
  },
  {
    id: 'wool-blanket',
    name: 'Wool blanket',
    description: 'Woven from recycled wool, 130 by 190 cm, with a fringe on the short sides. Warm without being heavy.',
    price_cents: 9400,
  },
];

/**
 * Return the products in the order of the shop window, and a way to find one.
 *
 * Prices are whole US cents: sums of money never touch fractions.
 */
export function createCatalog(products = PRODUCTS) {
  const all = Object.freeze(products.map((product) => Object.freeze({ ...product, currency: CURRENCY })));
  const byId = new Map(all.map((product) => [product.id, product]));
  return Object.freeze({ all, currency: CURRENCY, find: (id) => byId.get(id) });
}
