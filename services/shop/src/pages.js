import { drawing } from './drawings.js';
import { html } from './html.js';
import { money } from './money.js';
import { MOST } from './quantity.js';
import { stylesheet } from './stylesheet.js';
import { shopWindow } from './window-page.js';

/** Return the pages of one color and version, each a function from what it shows to HTML text. */
export function createPages({ environment, version }) {
  const page = (title, content) => layout({ title, content, environment, version }).toString();
  return Object.freeze({
    home: (catalog, selection) => page('Greenlight Goods', shopWindow(catalog, selection)),
    product: (product) => page(`${product.name} · Greenlight Goods`, productDetail(product)),
    cart: (cart) => page('Your cart · Greenlight Goods', cart.items.length > 0 ? filledCart(cart) : emptyCart()),
    error: (status, message) => page(`${status} · Greenlight Goods`, failure(status, message)),
  });
}

const layout = ({ title, content, environment, version }) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${stylesheet.href}">
</head>
<body class="${environment}">
<header><a class="brand" href="/">Greenlight Goods</a><nav><a href="/">Products</a><a href="/cart">Cart</a></nav></header>
<main>${content}</main>
<footer><span class="color">${environment}</span><span>version ${version}</span></footer>
</body>
</html>
`;

const productDetail = ({ id, name, description, price_cents: price }) => html`
<article class="product">
${drawing(id)}
<div>
<h1>${name}</h1>
<p class="price">${money(price)}</p>
<p>${description}</p>
<form method="post" action="/cart/items/${id}">
<label>Quantity <input type="number" name="quantity" value="1" min="1" max="${MOST}" required></label>
<button>Add to cart</button>
</form>
</div>
</article>`;

const filledCart = ({ items, total_cents: total }) => html`
<h1>Your cart</h1>
<table>
<thead><tr><th>Product</th><th>Quantity</th><th class="money">Price</th></tr></thead>
<tbody>${items.map(cartRow)}</tbody>
<tfoot><tr><th colspan="2">Total</th><td class="money">${money(total)}</td></tr></tfoot>
</table>`;

const cartRow = ({ product_id: id, name, quantity, total_cents: total }) => html`
<tr>
<td><a href="/products/${id}">${name}</a></td>
<td><div class="quantity">
<form method="post" action="/cart/items/${id}/quantity">
<input type="number" name="quantity" value="${quantity}" min="0" max="${MOST}" required aria-label="Quantity of ${name}">
<button class="plain">Update</button>
</form>
<form method="post" action="/cart/items/${id}/quantity">
<input type="hidden" name="quantity" value="0">
<button class="plain" aria-label="Remove ${name}">Remove</button>
</form>
</div></td>
<td class="money">${money(total)}</td>
</tr>`;

const emptyCart = () => html`
<h1>Your cart</h1>
<p class="lead">There is nothing in it yet.</p>
<p><a class="button" href="/">See the products</a></p>`;

const failure = (status, message) => html`
<h1>${status === 404 ? 'Not found' : 'That did not work'}</h1>
<p class="lead">${message}</p>
<p><a class="button" href="/">Back to the products</a></p>`;
