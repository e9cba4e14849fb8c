"""What the security profile `strict` adds: customer keys, logs that stay, a watch for strangers, a second rule pack."""
