/**
 * Return a cart as a shopper sees it, in the order of the catalog, with prices in whole cents.
 *
 * A product that this version does not know is left out, not an error: the other color may sell it.
 */
export function viewCart(quantities, catalog) {
  const items = catalog.all.filter(({ id }) => quantities.has(id)).map((product) => line(product, quantities));
  const total = items.reduce((sum, item) => sum + item.total_cents, 0);
  return { items, total_cents: total, currency: catalog.currency };
}

function line({ id, name, price_cents: price }, quantities) {
  const quantity = quantities.get(id);
  return { product_id: id, name, quantity, price_cents: price, total_cents: price * quantity };
}
