"""The pipeline of CodePipeline: its source, its builds, its approval, its roles, and what it tells people."""
