import { csrfField } from '../accounts/fields.js';
import { html } from '../html.js';
import { money } from '../money.js';

/** Return the pages of orders; `page` puts a title and a content into the layout. The last argument is who is logged in. */
export function orderPages(page) {
  return {
    checkout: (cart, state, visitor) => page('Checkout · Greenlight Goods', checkout(cart, state, visitor), visitor),
    order: (order, visitor) => page('Your order · Greenlight Goods', detail(order), visitor),
    orders: (list, visitor) => page('Your orders · Greenlight Goods', history(list), visitor),
  };
}

const checkout = ({ items, total_cents: total, cart_digest: digest }, { key, notice }, visitor) => html`
<h1>Checkout</h1>
${notice ? html`<p class="notice" role="alert">${notice}</p>` : ''}
${items.length > 0 ? html`${lines(items, total)}${confirmation({ key, total, digest }, visitor)}` : nothing}
<p><a href="/cart">Change the cart</a></p>`;

const confirmation = ({ key, total, digest }, visitor) => html`
<form method="post" action="/checkout">${csrfField(visitor)}
<input type="hidden" name="key" value="${key}">
<input type="hidden" name="total_cents" value="${total}">
<input type="hidden" name="cart_digest" value="${digest}">
<button>Order for ${money(total)}</button>
</form>`;

const nothing = html`<p class="lead">There is nothing in your cart.</p>`;

const detail = ({ order_id: id, placed_at: placedAt, items, total_cents: total }) => html`
<h1>Thank you for your order</h1>
<p class="lead">Placed ${time(placedAt)} as <code>${id}</code>.</p>
${lines(items, total)}
<p><a href="/orders">All your orders</a></p>`;

const history = ({ orders, hasOlder }) => html`
<h1>Your orders</h1>
${orders.length > 0 ? html`<ul class="orders">${orders.map(entry)}</ul>` : html`<p class="lead">There are none here yet.</p>`}
${hasOlder ? html`<p><a href="/orders?before=${orders.at(-1).order_id}">Older orders</a></p>` : ''}
<p><a class="button" href="/">See the products</a></p>`;

const entry = ({ order_id: id, placed_at: placedAt, items, total_cents: total }) => html`
<li><a href="/orders/${id}">${time(placedAt)}</a>: ${items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')};
${money(total)}</li>`;

const lines = (items, total) => html`
<table>
<thead><tr><th>Product</th><th>Quantity</th><th class="money">Price</th></tr></thead>
<tbody>${items.map(line)}</tbody>
<tfoot><tr><th colspan="2">Total</th><td class="money">${money(total)}</td></tr></tfoot>
</table>`;

const line = ({ name, quantity, price_cents: each, total_cents: total }) => html`
<tr><td>${name}</td><td>${quantity} at ${money(each)}</td><td class="money">${money(total)}</td></tr>`;

function time(iso) {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} at ${iso.slice(11, 16)} UTC</time>`;
}
