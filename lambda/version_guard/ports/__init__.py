"""Where `version_guard` meets AWS."""
