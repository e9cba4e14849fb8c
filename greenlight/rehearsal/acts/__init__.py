"""The acts: scenarios that each prove or disprove one claim."""
