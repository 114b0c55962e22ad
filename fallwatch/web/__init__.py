"""The web: pages for whoever is not at the computer."""
