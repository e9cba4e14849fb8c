"""CodePipeline: pipelines that run as on AWS, with real builds, from a local git repository."""
