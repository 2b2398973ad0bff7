"""What several packages of the core need: files, paths, validation, command lines."""
