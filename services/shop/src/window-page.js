import { drawing } from './drawings.js';
import { html } from './html.js';
import { money } from './money.js';
import { LONGEST_SEARCH } from './selection.js';

/** Return the shop window: a search, the categories, and the products that were asked for (see selectProducts). */
export const shopWindow = (catalog, { text, category, products }) => html`
<h1>Good things for long days</h1>
<p class="lead">For the desk and the kitchen, made to last longer than the next release.</p>
<search>
<form class="search" action="/">
<input type="search" name="q" value="${text}" maxlength="${LONGEST_SEARCH}" aria-label="Search the products">
${category ? html`<input type="hidden" name="category" value="${category}">` : ''}
<button>Search</button>
</form>
<nav class="categories" aria-label="Categories">${[{ name: 'All' }, ...catalog.categories].map(link(text, category))}</nav>
</search>
${products.length > 0 ? cards(products) : nothing(text, category)}`;

const link = (text, current) => ({ id, name }) => html`
<a href="${address({ text, category: id })}"${id === current ? html` aria-current="page"` : ''}>${name}</a>`;

/** Return products as a list of cards. */
export const cards = (products) => html`
<ul class="products">${products.map(card)}</ul>`;

const card = ({ id, name, price_cents: price }) => html`
<li><a href="/products/${id}">${drawing(id)}
<span class="name">${name}</span><span class="price">${money(price)}</span></a></li>`;

const nothing = (text, category) => html`
<h2>Nothing found for “${text}”</h2>
<p class="lead">Look at the spelling, or try fewer or shorter words: the beginning of a word is enough.</p>
<p>${category ? html`<a class="button" href="${address({ text })}">Search all categories</a> ` : ''}
<a class="button" href="/">See all products</a></p>`;

function address({ text, category }) {
  const query = new URLSearchParams({ ...(text && { q: text }), ...(category && { category }) }).toString();
  return query ? `/?${query}` : '/';
}
