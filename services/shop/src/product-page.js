import { csrfField } from './accounts/fields.js';
import { drawing } from './drawings.js';
import { html } from './html.js';
import { money } from './money.js';
import { MOST } from './quantity.js';
import { cards } from './window-page.js';

/** Return the page of one product, with what goes well with it, if anything shall be shown. */
export const productPage = (product, related, visitor) => html`
${article(product, visitor)}
${related.length > 0 ? html`<section class="related"><h2>From the same shelf</h2>${cards(related)}</section>` : ''}`;

const article = ({ id, name, description, price_cents: price }, visitor) => html`
<article class="product">
${drawing(id)}
<div>
<h1>${name}</h1>
<p class="price">${money(price)}</p>
<p>${description}</p>
<form method="post" action="/cart/items/${id}">${csrfField(visitor)}
<label>Quantity <input type="number" name="quantity" value="1" min="1" max="${MOST}" required></label>
<button>Add to cart</button>
</form>
</div>
</article>`;
