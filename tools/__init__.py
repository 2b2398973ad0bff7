"""What the Makefile's targets do: set-up, building, serving and testing the course."""
