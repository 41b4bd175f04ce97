"""What there is to publish: articles, their regions, their stories."""
