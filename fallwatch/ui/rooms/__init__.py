"""The rooms on screen: grid, tiles, menus, health."""
