"""AWS AppConfig: what ministack plays, with the permissions and the interval of AWS."""
