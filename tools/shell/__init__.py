"""What every command needs: messages, errors for people, programs to run, where things are."""
