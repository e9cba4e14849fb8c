"""A small scan of one color from outside: headers, error pages and TLS, as users and attackers would see them."""
