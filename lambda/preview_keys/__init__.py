"""The function behind `Custom::GreenlightPreviewKeys`, its schedule, and `greenlight rotate-preview`.

It alone changes the values of the preview header, in the secret and in the preview rules.
"""
