"""ECR: tags that move, and what repositories refuse."""
