/** The flags that this version asks for, and what each is while nobody says anything about it: what is dark is off. */
export const KNOWN_FLAGS = Object.freeze({ 'related-products': false });
