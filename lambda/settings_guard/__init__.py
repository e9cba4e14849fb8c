"""The function behind `Custom::GreenlightSettingsGuard`: what cannot change once deployed is refused."""
