"""What each AWS service needs beyond ministack: one module per service, each with `install(context)`."""
