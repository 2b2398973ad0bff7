"""Real texts that the lectures are about; none is ever downloaded while a lecture runs."""
