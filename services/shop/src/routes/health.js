/**
 * Return the handler of GET /health: 200, or 503 once the shop drains.
 *
 * It looks at nothing but the process. If it asked DynamoDB, one outage there would take both colors out at once.
 * `uptime` is in seconds.
 */
export function health({ config: { environment, version }, lifecycle }) {
  return (_req, res) => {
    const uptime = Math.round(process.uptime() * 1000) / 1000;
    res.setHeader('Cache-Control', 'no-store');
    res.status(lifecycle.draining ? 503 : 200);
    res.json({ environment, version, uptime, timestamp: new Date().toISOString() });
  };
}
