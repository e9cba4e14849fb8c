/** Let nobody keep the answer: it is about one person. */
export function notStored(_req, res, next) {
  res.setHeader('Cache-Control', 'no-store');
  next();
}
