"""CodeConnections: connections that lead to local repositories, once somebody has confirmed them."""
