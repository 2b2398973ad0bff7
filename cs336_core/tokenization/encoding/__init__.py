"""Text into ids and back, with a trained vocabulary."""
