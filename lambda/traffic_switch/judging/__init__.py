"""The judge of a bake: pure statistics, and the sentences that follow from them. See docs/judge.md."""
