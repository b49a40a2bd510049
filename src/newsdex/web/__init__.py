"""The pages for people: search, articles with their evidence, and how the pipeline does."""
