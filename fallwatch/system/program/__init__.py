"""The program itself: how it starts again."""
