"""What attempts.py tries, by family."""
