"""Real texts for the lectures; running a lecture downloads none of them."""
