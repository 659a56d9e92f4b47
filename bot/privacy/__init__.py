"""Masking, encryption, retention and erasure."""
