import { csrfField } from './accounts/fields.js';
import { accountPages } from './accounts/pages.js';
import { html } from './html.js';
import { money } from './money.js';
import { orderPages } from './orders/pages.js';
import { productPage } from './product-page.js';
import { MOST } from './quantity.js';
import { stylesheet } from './stylesheet.js';
import { shopWindow } from './window-page.js';

/**
 * Return the pages of one color and version, each a function from what it shows to HTML text.
 *
 * The last argument of each is who is logged in (see visitorOf).
 */
export function createPages({ environment, version, accounts, orders }) {
  const page = (title, content, visitor) =>
    layout({ title, content, environment, version, links: accounts ? personLinks(visitor, orders) : '' }).toString();
  return Object.freeze({
    home: (catalog, selection, visitor) => page('Greenlight Goods', shopWindow(catalog, selection), visitor),
    product: (product, related, visitor) =>
      page(`${product.name} · Greenlight Goods`, productPage(product, related, visitor), visitor),
    cart: (cart, visitor) =>
      page('Your cart · Greenlight Goods', cart.items.length > 0 ? filledCart(cart, visitor, orders) : emptyCart(), visitor),
    error: (status, message, visitor) => page(`${status} · Greenlight Goods`, failure(status, message), visitor),
    ...accountPages(page),
    ...orderPages(page),
  });
}

const layout = ({ title, content, environment, version, links }) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${stylesheet.href}">
</head>
<body class="${environment}">
<header><a class="brand" href="/">Greenlight Goods</a><nav><a href="/">Products</a><a href="/cart">Cart</a>${links}</nav></header>
<main>${content}</main>
<footer><span class="color">${environment}</span><span>version ${version}</span></footer>
</body>
</html>
`;

const personLinks = (visitor, orders) =>
  visitor
    ? html`${orders ? html`<a href="/orders">Orders</a>` : ''}<a class="person" href="/account">${visitor.email}</a>
<form method="post" action="/logout">${csrfField(visitor)}<button class="plain">Log out</button></form>`
    : html`<a href="/login">Log in</a>`;

const filledCart = ({ items, total_cents: total }, visitor, orders) => html`
<h1>Your cart</h1>
<table>
<thead><tr><th>Product</th><th>Quantity</th><th class="money">Price</th></tr></thead>
<tbody>${items.map((item) => cartRow(item, visitor))}</tbody>
<tfoot><tr><th colspan="2">Total</th><td class="money">${money(total)}</td></tr></tfoot>
</table>
${orders ? html`<p><a class="button" href="/checkout">Check out</a></p>` : ''}`;

const cartRow = ({ product_id: id, name, quantity, total_cents: total }, visitor) => html`
<tr>
<td><a href="/products/${id}">${name}</a></td>
<td><div class="quantity">
<form method="post" action="/cart/items/${id}/quantity">${csrfField(visitor)}
<input type="number" name="quantity" value="${quantity}" min="0" max="${MOST}" required aria-label="Quantity of ${name}">
<button class="plain">Update</button>
</form>
<form method="post" action="/cart/items/${id}/quantity">${csrfField(visitor)}
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
