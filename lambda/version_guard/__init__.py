"""The function behind `Custom::GreenlightVersionGuard`: no live color is changed, and no missing image is run."""
