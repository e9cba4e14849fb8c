"""Where `host_color` meets AWS."""
